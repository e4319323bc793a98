import {
  AnkaError,
  auditEvent,
  type Context,
  type DryRun,
  dryRunNameOf,
  isRecordable,
  maxRestored,
  type RestoredRecord,
  type RestoreReport,
  restoreRecords,
  tried,
  verdictOf,
} from '@ankasecure/contracts';
import { BusClient, Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import { SettleChange } from '../policy/settle-change.js';
import { Tenant } from '../tenant/tenant.entity.js';

/** The part of the caller's time that is kept for this service's own work, in milliseconds. */
const reserveMs = 2_000;

/** The name of a restore in audit events. */
const operation = 'record.restore';

/** Brings a tenant's restored databases up to date: the worker's records first, then the policy in force. */
@Injectable()
export class RestoreTenant {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly changes: SettleChange,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AnkaError `tenant-unknown`, and the worker's errors, unless it is a dry run */
  restore(context: Context): Promise<RestoreReport | DryRun> {
    return context.dryRun === true ? this.foresee(context) : this.carryOut(context);
  }

  private async foresee(context: Context): Promise<DryRun> {
    const ended = await tried(() => this.carryOut(context));
    if (ended.error === undefined || isRecordable(ended.error)) await this.recordDryRun(context, ended.error);
    if (ended.error !== undefined) return verdictOf(operation, ended.error);
    const { tenantId: _, ...restored } = ended.result;
    return { ...verdictOf(operation, undefined), restored };
  }

  private async recordDryRun(context: Context, error: AnkaError | undefined): Promise<void> {
    const event = auditEvent(context, { operation: dryRunNameOf(operation), failureCode: error?.code ?? null });
    await withTenant(this.dataSource, context.tenantId, (manager) => this.outbox.write(manager, [event]));
    this.outbox.committed(1);
  }

  private async carryOut(context: Context): Promise<RestoreReport> {
    const { tenantId } = context;
    const tenant = await this.dataSource.manager.findOneBy(Tenant, { id: tenantId });
    if (tenant === null) throw new AnkaError('tenant-unknown', 'The policy database does not know this tenant');
    const { version: revision, document, disabled } = await this.active(tenantId);
    const deadline = context.deadline - reserveMs;
    const request = { policy: { revision, document, disabled } };
    const restored = await this.bus.request(restoreRecords, tenant.partition, { ...context, deadline }, request);
    if (restored.policy.revision > revision && context.dryRun !== true)
      await this.changes.adoptEnforced(tenantId, restored.policy, deadline);
    return reportOf(tenantId, restored.records, Math.max(revision, restored.policy.revision));
  }

  private active(tenantId: string): Promise<PolicyVersion> {
    return withTenant(this.dataSource, tenantId, (manager) =>
      manager.findOneByOrFail(PolicyVersion, { tenantId, state: 'active' }),
    );
  }
}

const reportOf = (tenantId: string, records: readonly RestoredRecord[], policyVersion: number): RestoreReport => {
  const count = (wanted: RestoredRecord['outcome']): number =>
    records.filter(({ outcome }) => outcome === wanted).length;
  const counts = {
    reapplied: count('reapplied'),
    accepted: count('accepted'),
    removed: count('removed'),
    lost: count('lost'),
  };
  return { tenantId, counts, records: records.slice(0, maxRestored), policyVersion };
};
