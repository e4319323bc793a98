import { type Context, type KeySet, maxSetKeys } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { publicKeyOf } from './public-key.js';
import { keyVersions, versionOf } from './version-record.js';

/** Reads the public keys that verify a tenant's signatures: of versions that sign now, and of versions that did and still count. */
export class ReadKeySet {
  constructor(private readonly dataSource: DataSource) {}

  async of({ tenantId }: Pick<Context, 'tenantId'>): Promise<KeySet> {
    const records = await withTenant(this.dataSource, tenantId, (manager) =>
      keyVersions(manager)
        .where(verifying, { tenantId, now: new Date() })
        .orderBy('version.createdAt', 'DESC')
        .addOrderBy('key.id')
        .addOrderBy('version.version', 'DESC')
        .limit(maxSetKeys)
        .getMany(),
    );
    const published = records.map((record) => publicKeyOf(versionOf(record))).filter((found) => found !== null);
    return { keys: published.map(({ jwk }) => jwk) };
  }
}

const verifying = `key.tenantId = :tenantId AND key.purpose = 'sign'
  AND state_at(version.state, version.activateAt, version.deactivateAt, :now) IN ('ACTIVE', 'DEACTIVATED')`;
