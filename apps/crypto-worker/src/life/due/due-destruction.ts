import type { AlgorithmName } from '@ankasecure/algorithm';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Partition } from '../../custody/partition.js';
import { lockKey } from '../../key/lock/lock-key.js';
import { dueDestructions, stillDue } from './due.sql.js';

/** A key version whose waiting period is over. */
export interface DueDestruction {
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
  readonly algorithm: AlgorithmName;
  readonly objectId: Buffer;
  readonly scheduledBy: string;
}

/** Finds the destructions of this partition that are due. */
@Injectable()
export class DueDestructions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  list(): Promise<DueDestruction[]> {
    return this.dataSource.query<DueDestruction[]>(dueDestructions, [this.partition.name]);
  }

  /**
   * Checks, with the key locked and in the transaction that records the intent, that the destruction was neither cancelled
   * nor begun.
   */
  async isStillDue(manager: EntityManager, { tenantId, keyId, version }: DueDestruction): Promise<boolean> {
    await lockKey(manager, { tenantId }, keyId);
    const rows = await manager.query<unknown[]>(stillDue, [tenantId, keyId, version]);
    return rows.length === 1;
  }
}
