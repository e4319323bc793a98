import { type Context, type KeySet, maxSetKeys } from '@ankasecure/contracts';
import { Clock, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { versionOf } from './key-store.js';
import { publicKeyOf } from './public-key.js';
import { selectVersions } from './record/select-version.js';

/** Reads the public keys that verify a tenant's signatures: of versions that sign now, and of earlier versions whose signatures still count. */
@Injectable()
export class ReadKeySet {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async of({ tenantId }: Pick<Context, 'tenantId'>): Promise<KeySet> {
    const versions = await withTenant(this.dataSource, tenantId, (manager) =>
      selectVersions(manager)
        .where(`version.tenantId = :tenantId AND key.purpose = 'sign'`, { tenantId })
        .andWhere(
          `state_at(version.state, version.activateAt, version.deactivateAt, :now) IN ('ACTIVE', 'DEACTIVATED')`,
          {
            now: new Date(this.clock.now()),
          },
        )
        .orderBy({ 'version.createdAt': 'DESC', 'version.keyId': 'ASC', 'version.version': 'DESC' })
        .limit(maxSetKeys)
        .getMany(),
    );
    const published = versions.map((stored) => publicKeyOf(versionOf(stored))).filter((found) => found !== null);
    return { keys: published.map(({ jwk }) => jwk) };
  }
}
