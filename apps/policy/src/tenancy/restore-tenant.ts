import {
  AnkaError,
  type Context,
  maxRestored,
  type RecordHead,
  type RestoredRecord,
  type RestoreReport,
  restoreRecords,
} from '@ankasecure/contracts';
import { allHeads, BusClient, RecordHistory, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentPolicy } from '../policy/policy-resource.js';
import { Tenant } from '../tenant/tenant.entity.js';
import { RestorePolicy } from './restore-policy.js';

/** The part of the caller's time that is kept for this service's own work, in milliseconds. */
const reserveMs = 2_000;

/** Brings a tenant's restored databases up to date: the worker's records first, then this service's. */
@Injectable()
export class RestoreTenant {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly history: RecordHistory,
    private readonly policies: RestorePolicy,
  ) {}

  /** @throws AnkaError `tenant-unknown`; `record-outdated` if the backup does not have the tenant; the worker's errors */
  async restore(context: Context): Promise<RestoreReport> {
    const report = await this.history.without(() => this.bringUpToDate(context));
    this.history.caughtUp(context.tenantId);
    return report;
  }

  private async bringUpToDate(context: Context): Promise<RestoreReport> {
    const { tenantId } = context;
    const heads = await allHeads(this.bus, context, 'policy');
    const { partition } = await this.tenant(tenantId, heads);
    const { version: revision, document, disabled } = await this.inForce(tenantId);
    const within = { ...context, deadline: context.deadline - reserveMs };
    const request = { policy: { revision, document, disabled } };
    const { records: theirs, policy } = await this.bus.request(restoreRecords, partition, within, request);
    const ours = await this.policies.restore(within, heads, policy);
    return reportOf(tenantId, [...theirs, ...ours], (await this.inForce(tenantId)).version);
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
  };
  return { tenantId, counts, records: records.slice(0, maxRestored), policyVersion };
};
