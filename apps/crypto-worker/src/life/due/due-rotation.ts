import { auditEvent, newId } from '@ankasecure/contracts';
import { changeRecord, Outbox, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Partition } from '../../custody/partition.js';
import { RotationPolicyRecord } from '../../key/record/rotation-policy.entity.js';
import type { Turn } from '../../making/plan-rotation.js';
import { dueRotations } from './due.sql.js';

/** A key that is due for rotation, and the turn for it. */
export interface DueRotation {
  readonly tenantId: string;
  readonly keyId: string;
  readonly turn: Turn;
}

/** A rotation policy whose date has come. */
export type DuePolicy = Pick<RotationPolicyRecord, 'tenantId' | 'keyId'> & { readonly nextAt: Date };

/** Finds the rotations of this partition that are due. */
@Injectable()
export class DueRotations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
    private readonly outbox: Outbox,
  ) {}

  async list(): Promise<DueRotation[]> {
    const due = await this.dataSource.query<DuePolicy[]>(dueRotations, [this.partition.name]);
    return due.map((policy) => this.of(policy));
  }

  of(policy: DuePolicy): DueRotation {
    return { tenantId: policy.tenantId, keyId: policy.keyId, turn: turnOf(policy) };
  }

  /** Whether the sealed policy of the key says that it is due. Nothing is put on record about a key that only the list names. */
  isDue({ tenantId, turn }: DueRotation): Promise<boolean> {
    return withTenant(this.dataSource, tenantId, turn.isOpen);
  }

  /** Moves the date on without a rotation, on record. */
  async skip({ tenantId, keyId, turn }: DueRotation): Promise<void> {
    const actor = { tenantId, principal: 'crypto-worker', correlationId: newId() };
    const skipped = await withTenant(this.dataSource, tenantId, async (manager) => {
      if (!(await turn.take(manager))) return 0;
      await this.outbox.write(manager, [auditEvent(actor, { operation: 'key.rotation-policy.skip', keyId })]);
      return 1;
    });
    if (skipped > 0) this.outbox.committed(skipped);
  }
}

/** The first date after `now`, in whole intervals after the date that was due. */
const followingDate = ({ nextAt, intervalSeconds }: RotationPolicyRecord, now: Date): Date => {
  if (nextAt === null || intervalSeconds === null) throw new TypeError('a rotation is due without a date');
  const intervalMs = intervalSeconds * 1000;
  const missed = Math.max(0, Math.floor((now.getTime() - nextAt.getTime()) / intervalMs));
  return new Date(nextAt.getTime() + intervalMs * (1 + missed));
};

/**
 * The turn of one date. It is open until a worker moves the date to the next one, and not before the date has come. The sealed
 * record says when that is, and not the list that found it.
 */
const turnOf = ({ tenantId, keyId, nextAt }: DuePolicy): Turn => ({
  isOpen: async (manager: EntityManager) => {
    const policy = await manager.findOneBy(RotationPolicyRecord, { tenantId, keyId, nextAt });
    return policy !== null && hasCome(policy, await transactionTime(manager));
  },
  take: async (manager: EntityManager) => {
    const policy = await manager.findOne(RotationPolicyRecord, {
      where: { tenantId, keyId, nextAt },
      lock: { mode: 'pessimistic_write' },
    });
    const now = await transactionTime(manager);
    if (policy === null || !hasCome(policy, now)) return false;
    await changeRecord(manager, policy, { nextAt: followingDate(policy, now) });
    return true;
  },
});

const hasCome = ({ nextAt }: RotationPolicyRecord, now: Date): boolean => nextAt !== null && nextAt <= now;
