import { RecordPartitions } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { partitionOf } from '../tenant/tenant-partition.sql.js';
import { PartitionConfig } from './partition.config.js';

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
