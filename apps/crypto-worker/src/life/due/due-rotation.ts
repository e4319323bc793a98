import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Partition } from '../../custody/partition.js';
import { RotationPolicyRecord } from '../../key/record/rotation-policy.entity.js';
import type { Turn } from '../../making/rotate-key.js';
import { dueRotations, takeRotation } from './due.sql.js';

/** A key that is due for rotation, and the turn to rotate it. */
export interface DueRotation {
  readonly tenantId: string;
  readonly keyId: string;
  readonly turn: Turn;
}

interface DueRow {
  readonly tenant_id: string;
  readonly key_id: string;
  readonly next_at: Date;
}

/** Finds the rotations of this partition that are due. */
@Injectable()
export class DueRotations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  async list(): Promise<DueRotation[]> {
    const rows = await this.dataSource.query<DueRow[]>(dueRotations, [this.partition.name, new Date()]);
    return rows.map((row) => ({ tenantId: row.tenant_id, keyId: row.key_id, turn: turnOf(row) }));
  }

  /** Moves the date on without a rotation. */
  async skip(tenantId: string, turn: Turn): Promise<void> {
    await withTenant(this.dataSource, tenantId, turn.take);
  }
}

/** The turn of one date. It is open until a worker moves the date to the next one. */
const turnOf = ({ tenant_id: tenantId, key_id: keyId, next_at: nextAt }: DueRow): Turn => ({
  isOpen: (manager: EntityManager) => manager.existsBy(RotationPolicyRecord, { tenantId, keyId, nextAt }),
  take: async (manager: EntityManager) => {
    const [rows] = await manager.query<[unknown[], number]>(takeRotation, [tenantId, keyId, nextAt]);
    return rows.length === 1;
  },
});
