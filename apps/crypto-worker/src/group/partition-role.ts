import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Partition } from '../custody/partition.js';
import { ownPartition } from './partition-role.sql.js';

/** The database role of a partition's workers. The partition `default` has the role without a suffix. */
const roleFor = (partition: string): string =>
  partition === 'default' ? 'ankadb_keys_app' : `ankadb_keys_app_${partition}`;

/**
 * Checks at start that the worker's login is its partition's. With another one it would see no tenant of its own, and the
 * tenants of another partition.
 */
@Injectable()
export class PartitionRole implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  /** @throws Error that names the role to configure */
  async onModuleInit(): Promise<void> {
    const { name } = this.partition;
    const [row] = await this.dataSource.query<{ partition: string | null; role: string }[]>(ownPartition);
    if (row?.partition === name) return;
    throw new Error(
      `the database role ${row?.role} does not serve the partition ${name}: configure ankasecure.database.user ${roleFor(name)}`,
    );
  }
}
