import { WatchedDatabase } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { heldVersions } from '../tenant/tenant-partition.sql.js';
import { EnforcedComparison } from './enforced-comparison.js';

/**
 * The records of `ankadb_policy`, as they are compared with the audit trail and with the policies that the workers enforce. A tenant
 * that the trail knows is never gone.
 */
@Injectable()
export class WatchedTenants extends WatchedDatabase {
  constructor(private readonly comparison: EnforcedComparison) {
    super('policy', 'ankadb_policy', null);
  }

  override async behindBesides(dataSource: DataSource, tenantIds: readonly string[]): Promise<readonly string[]> {
    const held = await heldVersions(dataSource, tenantIds);
    const stored = new Set(held.map(({ tenantId }) => tenantId));
    const forgotten = await this.comparison.compare(held);
    return tenantIds.filter((tenantId) => !stored.has(tenantId) || forgotten.has(tenantId));
  }
}
