import { WatchedDatabase } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Partition } from '../custody/partition.js';

/** The records of this partition's tenants in `ankadb_keys`, as they are compared with the audit trail. */
@Injectable()
export class WatchedKeys extends WatchedDatabase {
  constructor({ name }: Partition) {
    super('crypto-worker', 'ankadb_keys', name);
  }
}
