import { noSuchPartition } from '@ankasecure/contracts';
import { RecordPartitions } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { partitionOf } from '../tenant/tenant-partition.sql.js';
import { PartitionConfig, partitionsOf } from './partition.config.js';

/** The partitions of tenants. The tenants themselves are records of the platform, and its default partition seals them. */
@Injectable()
export class StoredPartitions extends RecordPartitions {
  private readonly known = new Map<string, string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: PartitionConfig,
  ) {
    super();
  }

  /** The partition of a tenant whose maker names none. */
  get byDefault(): string {
    return this.config.partition;
  }

  /** The names of all, the default one first. */
  get names(): readonly string[] {
    return partitionsOf(this.config);
  }

  /** The partition of a new tenant. @throws AnkaError `partition-not-found` for one that is not configured */
  choose(partition = this.byDefault): string {
    if (this.names.includes(partition)) return partition;
    throw noSuchPartition(this.names);
  }

  /** Names the partition of a tenant that is being created, and is not stored yet. */
  note(tenantId: string, partition: string): void {
    this.known.set(tenantId, partition);
  }

  async of(tenantId: string | null): Promise<string> {
    if (tenantId === null) return this.config.partition;
    const partition = this.known.get(tenantId) ?? (await partitionOf(this.dataSource, tenantId));
    if (partition === undefined) return this.config.partition;
    this.known.set(tenantId, partition);
    return partition;
  }
}
