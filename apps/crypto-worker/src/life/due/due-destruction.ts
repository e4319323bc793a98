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

interface DueRow {
  readonly tenant_id: string;
  readonly key_id: string;
  readonly version: number;
  readonly algorithm: AlgorithmName;
  readonly object_id: Buffer;
  readonly scheduled_by: string;
}

/** Finds the destructions of this partition that are due. */
@Injectable()
export class DueDestructions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  async list(): Promise<DueDestruction[]> {
    const rows = await this.dataSource.query<DueRow[]>(dueDestructions, [this.partition.name, new Date()]);
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      keyId: row.key_id,
      version: row.version,
      algorithm: row.algorithm,
      objectId: row.object_id,
      scheduledBy: row.scheduled_by,
    }));
  }

  /** Decides with the key locked, in the transaction that begins: nobody has cancelled the destruction, and nobody else has begun. */
  async isStillDue(manager: EntityManager, { tenantId, keyId, version }: DueDestruction): Promise<boolean> {
    await lockKey(manager, { tenantId }, keyId);
    const rows = await manager.query<unknown[]>(stillDue, [tenantId, keyId, version, new Date()]);
    return rows.length === 1;
  }
}
