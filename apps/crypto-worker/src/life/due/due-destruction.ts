import type { AlgorithmName } from '@ankasecure/algorithm';
import { transactionTime } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Partition } from '../../custody/partition.js';
import { lockKey } from '../../key/lock/lock-key.js';
import { KeyVersionRecord } from '../../key/record/key-version.entity.js';
import { IntentRecord } from '../../object/intent.entity.js';
import { dueDestructions } from './due.sql.js';

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
   * nor begun. It believes the version's sealed record alone.
   * @throws AnkaError `record-forged`
   */
  async isStillDue(manager: EntityManager, { tenantId, keyId, version, objectId }: DueDestruction): Promise<boolean> {
    await lockKey(manager, { tenantId }, keyId);
    const row = await manager.findOneBy(KeyVersionRecord, { tenantId, keyId, version, objectId });
    if (row?.state !== 'DESTROY_SCHEDULED' || row.destroyAt === null) return false;
    if (row.destroyAt > (await transactionTime(manager))) return false;
    return !(await manager.existsBy(IntentRecord, { tenantId, objectId }));
  }
}
