import { AnkaError } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hasRoomForKey } from '../quota/key-count.sql.js';
import { Quotas } from '../quota/quotas.js';

/** Tells whether a tenant may have one more key. */
@Injectable()
export class KeyRoom {
  constructor(
    private readonly dataSource: DataSource,
    private readonly quotas: Quotas,
  ) {}

  /** @throws AnkaError `quota-exceeded` */
  async assert(tenantId: string): Promise<void> {
    const most = this.quotas.keysOf(tenantId);
    if (most === undefined) return;
    if (await withTenant(this.dataSource, tenantId, (manager) => hasRoomForKey(manager, tenantId, most))) return;
    throw new AnkaError('quota-exceeded', `The tenant can have ${most} keys. Destroy some that are no longer needed.`);
  }

  /** The same check in the recording transaction. The answer holds until the transaction ends. */
  isLeft(manager: EntityManager, tenantId: string): Promise<boolean> {
    return hasRoomForKey(manager, tenantId, this.quotas.keysOf(tenantId));
  }
}
