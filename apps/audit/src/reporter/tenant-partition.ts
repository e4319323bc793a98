import { AnkaError, type Context, getTenant, tried } from '@ankasecure/contracts';
import { BoundedMap, BusClient, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Source } from './report.js';
import { partitionOfTrail } from './trail-partition.sql.js';

/** Partitions kept in memory. A tenant never moves. */
const capacity = 100_000;

/**
 * Knows where tenants live, and keeps each worker to the tenants of its own partition. The policy service says where a tenant
 * lives: no worker, and nothing in a database that a worker can write. If its database was restored from a backup that does not
 * have the tenant, the trail says it. Whoever changed that seals nothing: only the tenant's partition has the key of its MACs.
 */
@Injectable()
export class TenantPartitions {
  /** As the policy service has answered. */
  private readonly known = new BoundedMap<string, string>(capacity);
  /** As the trail says of tenants that the policy service does not know. It is asked again for each batch of theirs. */
  private readonly assumed = new BoundedMap<string, string>(capacity);

  constructor(
    private readonly bus: BusClient,
    private readonly dataSource: DataSource,
  ) {}

  /** @throws AnkaError `access-denied` for another partition's tenant; `tenant-unknown` if nobody can say now where the tenant lives */
  async assertOwn({ partition }: Source, context: Context): Promise<void> {
    if (partition === undefined) return;
    if (partition === (this.known.get(context.tenantId) ?? (await this.find(context).catch(unknown)))) return;
    throw new AnkaError('access-denied', `A worker of the partition ${partition} may not report for this tenant`);
  }

  /** The tenant's partition, if it was asked for before. */
  lastKnown(tenantId: string): string | undefined {
    return this.known.get(tenantId) ?? this.assumed.get(tenantId);
  }

  /** Asks for the partition of the context's tenant. @throws AnkaError as the policy service answered, if the trail does not know it either */
  async find(context: Context): Promise<string> {
    const { tenantId } = context;
    const asked = await tried(() => this.bus.request(getTenant, '', context, {}));
    if (asked.error !== undefined) return this.assume(tenantId, asked.error);
    this.known.set(tenantId, asked.result.partition);
    return asked.result.partition;
  }

  private async assume(tenantId: string, error: AnkaError): Promise<string> {
    if (error.code !== 'tenant-unknown') throw error;
    const partition = await withTenant(this.dataSource, tenantId, (manager) => partitionOfTrail(manager, tenantId));
    if (partition === undefined) throw error;
    this.assumed.set(tenantId, partition);
    return partition;
  }
}

/** Only this tenant waits for the answer. Every other tenant of the batch is sealed. */
const unknown = (error: unknown): never => {
  const code = error instanceof AnkaError ? error.code : 'internal-error';
  throw new AnkaError('tenant-unknown', `It is not known now where the tenant lives (${code})`, { cause: error });
};
