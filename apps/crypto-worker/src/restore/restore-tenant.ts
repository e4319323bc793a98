import type { Context, restoreRecords } from '@ankasecure/contracts';
import {
  allHeads,
  BusClient,
  Outbox,
  restoreRecords as restoreAll,
  restoredEvent,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { ApplyPolicy } from '../policy-change/apply-policy.js';
import { restorings } from './restoring.js';
import { TenantCaches } from './tenant-caches.js';

/** Brings one tenant's records of a restored database up to date with the audit trail. */
@Injectable()
export class RestoreTenant {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly outbox: Outbox,
    private readonly policyApplier: ApplyPolicy,
    private readonly caches: TenantCaches,
  ) {}

  /** Everything that is restored is one commit, with the event that counts it. A repeated call finds nothing left to do. */
  async restore(
    context: Context,
    { policy }: z.infer<typeof restoreRecords.request>,
  ): Promise<z.infer<typeof restoreRecords.reply>> {
    const { tenantId } = context;
    const heads = await allHeads(this.bus, context, 'crypto-worker');
    const records = await withTenant(this.dataSource, tenantId, async (manager) => {
      await holdFence(manager, tenantId);
      const restored = await restoreAll(manager, context, heads, restorings);
      if (restored.length > 0) await this.outbox.write(manager, [restoredEvent(context, restored)]);
      return restored;
    });
    if (records.length > 0) this.outbox.committed(1);
    this.caches.caughtUp(tenantId);
    return { records: [...records], policy: await this.policyApplier.apply(context, policy) };
  }
}
