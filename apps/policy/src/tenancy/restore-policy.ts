import type { applyPolicy, Context, RecordHead, RestoredRecord } from '@ankasecure/contracts';
import { Outbox, restoredEvent, restoreRecords, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { currentPolicy } from '../policy/policy-resource.js';
import { SettleChange } from '../policy/settle-change.js';
import { Tenant } from '../tenant/tenant.entity.js';
import { SwitchTenant } from './switch-tenant.js';

type EnforcedPolicy = z.infer<typeof applyPolicy.reply>;

/** Brings the records of one tenant in a restored `ankadb_policy` up to date with the audit trail and with the workers. */
@Injectable()
export class RestorePolicy {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly changes: SettleChange,
    private readonly switcher: SwitchTenant,
  ) {}

  /**
   * Versions count as the backup has them. The policy that the workers enforce is in force afterwards if it is newer. A tenant
   * that the trail knows as disabled is disabled again. A dry run says what would be done with the versions and the tenant.
   */
  async restore(
    context: Context,
    heads: readonly RecordHead[],
    enforced: EnforcedPolicy,
  ): Promise<readonly RestoredRecord[]> {
    const { tenantId, deadline, dryRun } = context;
    if (dryRun === true)
      return withTenant(this.dataSource, tenantId, (manager) => restoreRecords(manager, context, heads, {}));
    const restored = await this.acceptRows(context, heads);
    await this.changes.adoptEnforced(tenantId, enforced, deadline);
    const isDisabled = heads.some(({ kind, state }) => kind === 'tenant' && state === 'disabled');
    if (isDisabled && !(await this.isDisabled(tenantId)))
      await this.switcher.turn(context, { tenant: tenantId, reason: 'restored from the audit trail' }, 'disabled');
    return restored;
  }

  /** One commit, with the event that counts the records. A repeated call finds nothing left to do. */
  private async acceptRows(context: Context, heads: readonly RecordHead[]): Promise<readonly RestoredRecord[]> {
    const { tenantId: id } = context;
    const restored = await withTenant(this.dataSource, id, async (manager) => {
      await manager.findOne(Tenant, { where: { id }, lock: { mode: 'pessimistic_write' } });
      const records = await restoreRecords(manager, context, heads, {});
      if (records.length > 0) await this.outbox.write(manager, [restoredEvent(context, records)]);
      return records;
    });
    if (restored.length > 0) this.outbox.committed(1);
    return restored;
  }

  private async isDisabled(tenantId: string): Promise<boolean> {
    const current = await withTenant(this.dataSource, tenantId, (manager) => currentPolicy(manager, tenantId));
    return current.active.disabled;
  }
}
