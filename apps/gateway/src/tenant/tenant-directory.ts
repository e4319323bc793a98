import {
  AnkaError,
  type Context,
  getTenant,
  monotonicNow,
  platformTenantId,
  readTenant,
  tried,
} from '@ankasecure/contracts';
import { BusClient, insertIfAbsent, Logger, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '../auth/principal.js';
import { TenantPartition } from './tenant-partition.entity.js';

type Who = Pick<Principal, 'tenantId' | 'subject'> & Partial<Pick<Principal, 'issuer'>>;

const withinMs = 5000;
const partitionName = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Finds the partition of each tenant. A tenant never moves, so the policy service is asked once per tenant. Its answer is kept
 * in memory and in the gateway's own database. A gateway that starts while the policy service is unavailable serves known tenants.
 */
@Injectable()
export class TenantDirectory {
  private readonly partitions = new Map<string, string>();
  private readonly resolving = new Map<string, Promise<string>>();

  constructor(
    private readonly bus: BusClient,
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  known(tenantId: string): string | undefined {
    return this.partitions.get(tenantId);
  }

  /** @throws AnkaError `tenant-unknown`, or the error of the policy service */
  async find(who: Who, correlationId: string): Promise<string> {
    const { tenantId, subject: principal, issuer } = who;
    const found = this.resolving.get(tenantId) ?? this.resolve({ tenantId, principal, issuer, correlationId });
    this.resolving.set(tenantId, found);
    try {
      return await found;
    } finally {
      this.resolving.delete(tenantId);
    }
  }

  /**
   * Whether the tenant is disabled and changes nothing that the gateway owns. The policy service is asked each time, except about the
   * platform's own tenant, which nobody can disable. Without its answer nothing changes: whoever owns its database chooses for which
   * tenant it fails.
   * @throws AnkaError `service-unavailable` (retryable) while that is not known; another error of the policy service
   */
  async isDisabled({ tenantId, subject: principal, issuer }: Who, correlationId: string): Promise<boolean> {
    if (tenantId === platformTenantId) return false;
    const context = { tenantId, principal, issuer, correlationId, deadline: monotonicNow() + withinMs };
    const asked = await tried(() => this.bus.request(readTenant, '', context, { tenant: tenantId }));
    if (asked.error === undefined) return asked.result.state === 'disabled';
    if (!asked.error.retryable) throw asked.error;
    const detail = `It is not known now whether the tenant is disabled (${asked.error.code}). Try again.`;
    throw new AnkaError('service-unavailable', detail, { cause: asked.error });
  }

  private async resolve(context: Omit<Context, 'deadline'>): Promise<string> {
    const { tenantId } = context;
    const partition =
      (await this.recall(tenantId)) ?? (await this.ask({ ...context, deadline: monotonicNow() + withinMs }));
    this.partitions.set(tenantId, partition);
    return partition;
  }

  private async ask(context: Context): Promise<string> {
    const { id, partition } = await this.bus.request(getTenant, '', context, {});
    if (id !== context.tenantId || !partitionName.test(partition)) throw new AnkaError('internal-error');
    await this.keep(id, partition);
    return partition;
  }

  /** The database is only a cache. Without it the directory asks the policy service. */
  private recall(tenantId: string): Promise<string | undefined> {
    return this.tolerant(tenantId, async () => {
      const known = await withTenant(this.dataSource, tenantId, (manager) =>
        manager.findOneBy(TenantPartition, { tenantId }),
      );
      return known?.partition;
    });
  }

  private keep(tenantId: string, partition: string): Promise<unknown> {
    return this.tolerant(tenantId, () =>
      withTenant(this.dataSource, tenantId, (manager) =>
        insertIfAbsent(manager, TenantPartition, { tenantId, partition }, 'tenantId'),
      ),
    );
  }

  private async tolerant<Value>(tenantId: string, work: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await work();
    } catch (error) {
      const reason = (error as Error).message;
      this.log.warn({ tenantId, reason }, 'cannot read or store the partition of a tenant');
      return undefined;
    }
  }
}
