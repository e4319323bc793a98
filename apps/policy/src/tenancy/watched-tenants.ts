import { WatchedDatabase } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { storedTenants } from '../tenant/tenant-partition.sql.js';

/** The records of `ankadb_policy`, as they are compared with the audit trail. A tenant that the trail knows is never gone. */
@Injectable()
export class WatchedTenants extends WatchedDatabase {
  constructor() {
    super('policy', 'ankadb_policy', null);
  }

  override async lacking(dataSource: DataSource, tenantIds: readonly string[]): Promise<readonly string[]> {
    const stored = new Set(await storedTenants(dataSource, tenantIds));
    return tenantIds.filter((tenantId) => !stored.has(tenantId));
  }
}
