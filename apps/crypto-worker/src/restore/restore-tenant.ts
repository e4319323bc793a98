import type { Context, RecordHead, restoreRecords } from '@ankasecure/contracts';
import {
  allHeads,
  BusClient,
  Outbox,
  restoreRecords as restoreAll,
  restoredEvent,
  sealsOf,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { ApplyPolicy } from '../policy-change/apply-policy.js';
import { enforcedCopy } from '../policy-change/enforce-newer.js';
import { readFinalStates } from './final-states.js';
import { restoringsOf } from './restoring.js';
import { TenantCaches } from './tenant-caches.js';

type Restored = z.infer<typeof restoreRecords.reply>;
type EnforcedCopy = Restored['policy'];

/** What the trail says of the tenant's records, and how they follow it. */
interface Trail {
  readonly heads: readonly RecordHead[];
  readonly restorings: ReturnType<typeof restoringsOf>;
}

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
  async restore(context: Context, { policy }: z.infer<typeof restoreRecords.request>): Promise<Restored> {
    const { tenantId } = context;
    const heads = await allHeads(this.bus, context, 'crypto-worker');
    const restorings = restoringsOf(await readFinalStates(this.bus, context));
    if (context.dryRun === true) return this.foresee(context, policy, { heads, restorings });
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

  /** What a restore would do now. The policy service records the dry run. */
  private foresee(context: Context, policy: EnforcedCopy, { heads, restorings }: Trail): Promise<Restored> {
    const { tenantId } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const records = await restoreAll(manager, context, heads, restorings);
      const held = await sealsOf(manager).history.without(() => manager.findOneBy(TenantPolicyRecord, { tenantId }));
      const stays = held !== null && held.revision >= policy.revision;
      return { records: [...records], policy: stays ? enforcedCopy(held) : policy };
    });
  }
}
