import {
  AnkaError,
  auditEvent,
  type Context,
  type DryRun,
  dryRunNameOf,
  isRecordable,
  maxRestored,
  type RecordHead,
  type RestoredRecord,
  type RestoreReport,
  restoreRecords,
  tried,
  verdictOf,
} from '@ankasecure/contracts';
import { allHeads, BusClient, Outbox, RecordHistory, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentPolicy } from '../policy/policy-resource.js';
import { Tenant } from '../tenant/tenant.entity.js';
import { RestorePolicy } from './restore-policy.js';

/** The part of the caller's time that is kept for this service's own work, in milliseconds. */
const reserveMs = 2_000;

/** The name of a restore in audit events. */
const operation = 'record.restore';

/** Brings a tenant's restored databases up to date: the worker's records first, then this service's. */
@Injectable()
export class RestoreTenant {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly outbox: Outbox,
    private readonly history: RecordHistory,
    private readonly policies: RestorePolicy,
  ) {}

  /**
   * @throws AnkaError `tenant-unknown`; `record-outdated` if the backup does not have the tenant; the worker's errors. A dry run
   * answers them.
   */
  restore(context: Context): Promise<RestoreReport | DryRun> {
    const work = (): Promise<RestoreReport | DryRun> =>
      context.dryRun === true ? this.foresee(context) : this.carryOut(context);
    return this.history.without(work);
  }

  private async foresee(context: Context): Promise<DryRun> {
    const ended = await tried(() => this.bringUpToDate(context));
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
    const report = await this.bringUpToDate(context);
    this.history.caughtUp(context.tenantId);
    return report;
  }

  /** A dry run changes nothing. */
  private async bringUpToDate(context: Context): Promise<RestoreReport> {
    const { tenantId } = context;
    const heads = await allHeads(this.bus, context, 'policy');
    const { partition } = await this.tenant(tenantId, heads);
    const held = await this.inForce(tenantId);
    const within = { ...context, deadline: context.deadline - reserveMs };
    const request = { policy: { revision: held.version, document: held.document, disabled: held.disabled } };
    const { records: theirs, policy } = await this.bus.request(restoreRecords, partition, within, request);
    const ours = await this.policies.restore(within, heads, policy);
    const { version } = await this.inForce(tenantId);
    return reportOf(tenantId, [...theirs, ...ours], Math.max(version, policy.revision));
  }

  private async tenant(id: string, heads: readonly RecordHead[]): Promise<Tenant> {
    const tenant = await this.dataSource.manager.findOneBy(Tenant, { id });
    if (tenant !== null) return tenant;
    if (!heads.some(({ kind, digest }) => kind === 'tenant' && digest !== null))
      throw new AnkaError('tenant-unknown', 'The policy database does not know this tenant');
    throw new AnkaError(
      'record-outdated',
      'ankadb_policy does not have this tenant, which the audit trail knows. Restore a backup that has it.',
    );
  }

  private async inForce(tenantId: string) {
    const current = await withTenant(this.dataSource, tenantId, (manager) => currentPolicy(manager, tenantId));
    return current.active;
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
    kept: count('kept'),
  };
  return { tenantId, counts, records: records.slice(0, maxRestored), policyVersion };
};
