import type { Context, restoreRecords } from '@ankasecure/contracts';
import { sealsOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { ApplyPolicy } from '../policy-change/apply-policy.js';
import { enforcedCopy } from '../policy-change/enforce-newer.js';
import { RestoreRecords } from './restore-records.js';
import { TenantCaches } from './tenant-caches.js';

type Restored = z.infer<typeof restoreRecords.reply>;
type EnforcedCopy = Restored['policy'];

/** Brings one tenant of a restored database up to date: its records first, then its policy. */
@Injectable()
export class RestoreTenant {
  constructor(
    private readonly dataSource: DataSource,
    private readonly records: RestoreRecords,
    private readonly policyApplier: ApplyPolicy,
    private readonly caches: TenantCaches,
  ) {}

  /** The policy service records a dry run. @throws AnkaError as `RestoreRecords`, and custody's errors */
  async restore(context: Context, { policy }: z.infer<typeof restoreRecords.request>): Promise<Restored> {
    const records = [...(await this.records.restore(context))];
    if (context.dryRun === true) return { records, policy: await this.foreseen(context, policy) };
    this.caches.caughtUp(context.tenantId);
    return { records, policy: await this.policyApplier.apply(context, policy) };
  }

  /** The policy that would be enforced. */
  private foreseen({ tenantId }: Context, policy: EnforcedCopy): Promise<EnforcedCopy> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const held = await sealsOf(manager).history.without(() => manager.findOneBy(TenantPolicyRecord, { tenantId }));
      return held !== null && held.revision >= policy.revision ? enforcedCopy(held) : policy;
    });
  }
}
