import { type Context, type KeySet, maxSetKeys } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { type KeyRow, keyRows, versionOf } from './key-store.js';
import { publicKeyOf } from './public-key.js';

/** The public keys that verify what a tenant signs: of versions that sign now, and of those that did and still count. */
export class ReadKeySet {
  constructor(private readonly dataSource: DataSource) {}

  async of({ tenantId }: Pick<Context, 'tenantId'>): Promise<KeySet> {
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<KeyRow[]>(verifying, [tenantId, new Date(), maxSetKeys]),
    );
    const published = rows.map((row) => publicKeyOf(versionOf(row))).filter((found) => found !== null);
    return { keys: published.map(({ jwk }) => jwk) };
  }
}

const verifying = `${keyRows}
  WHERE k.tenant_id = $1 AND k.purpose = 'sign'
    AND state_at(v.state, v.activate_at, v.deactivate_at, $2) IN ('ACTIVE', 'DEACTIVATED')
  ORDER BY v.created_at DESC, k.id, v.version DESC LIMIT $3`;
