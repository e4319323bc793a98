import { applyPolicy, compareEnforced } from '@ankasecure/contracts';
import { BusClient, Logger, ownContext, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { currentPolicy } from '../policy/policy-resource.js';
import { type HeldVersions, heldVersions } from '../tenant/tenant-partition.sql.js';

/** A tenant of which the workers enforce another version than this database holds. */
interface Differing {
  readonly held: HeldVersions;
  readonly enforced: number;
}

const patienceMs = 5_000;
/** Longest that one application of a policy waits for the workers, in milliseconds. */
const applyTimeoutMs = 10_000;

/**
 * Compares the versions that this database holds with those that the workers enforce. They differ if one of the two databases was
 * restored from a backup. The audit trail tells the same, unless `ankadb_audit` was restored as well.
 */
@Injectable()
export class EnforcedComparison {
  private readonly outdated: Counter;

  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly log: Logger,
    registry: Registry,
  ) {
    this.outdated = new Counter({
      name: 'ankasecure_enforced_policies_outdated_total',
      help: 'Policies that workers enforced in an older version than the one in force',
      registers: [registry],
    });
  }

  /**
   * Applies the policy in force where the workers enforce an older one. Workers that do not answer are asked the next time.
   * @param held read before the workers are asked: they never enforce less than what is in force here
   * @returns the tenants of which the workers enforce a version that this database does not know
   */
  async compare(held: readonly HeldVersions[]): Promise<ReadonlySet<string>> {
    const partitions = [...Map.groupBy(held, ({ partition }) => partition)];
    const differing = await Promise.all(partitions.map(([partition, own]) => this.ask(partition, own)));
    const forgotten: HeldVersions[] = [];
    for (const { held: tenant, enforced } of differing.flat())
      if (enforced < tenant.inForce) await this.reapply(tenant, enforced);
      else if (enforced > (await this.newest(tenant))) forgotten.push(tenant);
    for (const { tenantId } of forgotten)
      this.log.error(
        { alarm: 'record-outdated', tenantId, database: 'ankadb_policy' },
        'ankadb_policy is older than the policy that the workers enforce',
      );
    return new Set(forgotten.map(({ tenantId }) => tenantId));
  }

  /** The tenants of a partition that differ; none if its workers do not answer. */
  private async ask(partition: string, held: readonly HeldVersions[]): Promise<readonly Differing[]> {
    const asked = held.map(({ tenantId, inForce, newest }) => ({ tenantId, inForce, newest }));
    const tenants = new Map(held.map((tenant) => [tenant.tenantId, tenant]));
    try {
      const context = ownContext('policy', patienceMs);
      const { differing } = await this.bus.request(compareEnforced, partition, context, { held: asked });
      return differing.flatMap(({ tenantId, revision }) => {
        const tenant = tenants.get(tenantId);
        return tenant === undefined ? [] : [{ held: tenant, enforced: revision }];
      });
    } catch (error) {
      const reason = (error as Error).message;
      this.log.warn({ partition, reason }, 'cannot compare policies with those that the workers enforce now');
      return [];
    }
  }

  /** The newest version now: one that was stored since may be enforced already. */
  private async newest({ tenantId }: HeldVersions): Promise<number> {
    const [again] = await heldVersions(this.dataSource, [tenantId]);
    return again?.newest ?? 0;
  }

  /** The version in force was confirmed on every worker: one that enforces less has forgotten it. */
  private async reapply({ tenantId, partition, inForce }: HeldVersions, enforced: number): Promise<void> {
    this.outdated.inc();
    this.log.error(
      { alarm: 'policy-outdated', tenantId, database: 'ankadb_keys', enforced, inForce },
      'ankadb_keys is older than ankadb_policy: the workers enforced an older policy. It was restored from a backup, or changed by its owner. deploy/backup.md says how to go on',
    );
    try {
      const { active } = await withTenant(this.dataSource, tenantId, (manager) => currentPolicy(manager, tenantId));
      const change = { revision: active.version, document: active.document, disabled: active.disabled };
      await this.bus.request(applyPolicy, partition, ownContext('policy', applyTimeoutMs, tenantId), change);
    } catch (error) {
      this.log.warn({ tenantId, reason: (error as Error).message }, 'cannot apply the policy in force again now');
    }
  }
}
