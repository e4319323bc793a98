import type { AlgorithmName } from '@ankasecure/algorithm';
import { transactionTime } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Partition } from '../../custody/partition.js';
import { lockKey } from '../../key/lock/lock-key.js';
import { KeyRecord } from '../../key/record/key.entity.js';
import { KeyVersionRecord } from '../../key/record/key-version.entity.js';
import { IntentRecord } from '../../object/intent.entity.js';
import { dueDestructions } from './due.sql.js';
import { mayBegin } from './may-begin.js';

/** A key version whose waiting period is over, as the database tells. It says where to look, and nothing of it is put on record. */
export interface DueDestruction {
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
  readonly objectId: Buffer;
}

/** The same as the sealed records tell it. */
export interface ConfirmedDestruction {
  readonly version: KeyVersionRecord;
  readonly algorithm: AlgorithmName;
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
   * nor begun, and that it may begin. It believes the sealed records alone.
   * @returns undefined if it is not due
   * @throws AnkaError `record-forged`
   */
  async confirm(
    manager: EntityManager,
    { tenantId, keyId, version, objectId }: DueDestruction,
  ): Promise<ConfirmedDestruction | undefined> {
    await lockKey(manager, { tenantId }, keyId);
    const row = await manager.findOneBy(KeyVersionRecord, { tenantId, keyId, version, objectId });
    if (row === null || !(await mayBegin(manager, row, await transactionTime(manager)))) return undefined;
    if (await manager.existsBy(IntentRecord, { tenantId, objectId })) return undefined;
    const { algorithm } = await manager.findOneByOrFail(KeyRecord, { tenantId, id: keyId });
    return { version: row, algorithm };
  }
}
