import { AnkaError, type Context, getTenant } from '@ankasecure/contracts';
import { BoundedMap, BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { Source } from './report.js';

/** Partitions kept in memory. A tenant never moves. */
const capacity = 100_000;

/**
 * Knows where tenants live, and keeps each worker to the tenants of its own partition. The policy service says where a tenant
 * lives: no worker, and nothing in a database that a worker can write.
 */
@Injectable()
export class TenantPartitions {
  private readonly known = new BoundedMap<string, string>(capacity);

  constructor(private readonly bus: BusClient) {}

  /** @throws AnkaError `access-denied` for another partition's tenant; `tenant-unknown` if nobody can say now where the tenant lives */
  async assertOwn({ partition }: Source, context: Context): Promise<void> {
    if (partition === undefined) return;
    if (partition === (this.lastKnown(context.tenantId) ?? (await this.find(context).catch(unknown)))) return;
    throw new AnkaError('access-denied', `A worker of the partition ${partition} may not report for this tenant`);
  }

  /** The tenant's partition, if it was asked for before. */
  lastKnown(tenantId: string): string | undefined {
    return this.known.get(tenantId);
  }

  /** Asks for the partition of the context's tenant. @throws AnkaError as the policy service answered */
  async find(context: Context): Promise<string> {
    const { partition } = await this.bus.request(getTenant, '', context, {});
    this.known.set(context.tenantId, partition);
    return partition;
  }
}

/** Only this tenant waits for the answer. Every other tenant of the batch is sealed. */
const unknown = (error: unknown): never => {
  const code = error instanceof AnkaError ? error.code : 'internal-error';
  throw new AnkaError('tenant-unknown', `It is not known now where the tenant lives (${code})`, { cause: error });
};
