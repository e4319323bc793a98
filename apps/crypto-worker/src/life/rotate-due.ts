import { AnkaError, type Context } from '@ankasecure/contracts';
import { type Logger, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody } from '../custody/custody.js';
import type { Lease } from '../lease/lease.js';
import { Rounds } from '../lease/rounds.js';
import type { RotateKey, Turn } from '../making/rotate-key.js';

interface Due {
  readonly tenant_id: string;
  readonly key_id: string;
  readonly next_at: Date;
}

const everyMs = 500;
const budgetMs = 60_000;
/** How long a rotation rests that failed by no fault of its key's, in milliseconds. */
const restMs = 5000;

/**
 * Rotates ACTIVE keys whose date has come; for others nothing is due until they are ACTIVE again. Every worker looks twice a
 * second and claims nothing ahead: the transaction that records the new version moves the date from the one that was due to the
 * next that is to come, so each date rotates at most once, whoever dies, and those that were missed come to one rotation. That
 * two make an object for the same date is avoided by a lock, and made good by the loser's undoing where it is not.
 */
export class RotateDue {
  private rounds: Rounds | undefined;
  private readonly resting = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly lease: Lease,
    private readonly rotator: RotateKey,
    private readonly log: Logger,
  ) {}

  start(partition: string): void {
    this.rounds = new Rounds(everyMs, () => this.round(partition), this.log, 'rotation of due keys');
    this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds?.stop();
  }

  private async round(partition: string): Promise<void> {
    if (!this.custody.healthy()) return;
    const due = await this.dataSource.query<Due[]>('SELECT * FROM due_rotations($1, $2)', [partition, new Date()]);
    for (const one of due) {
      if (this.rounds?.isStopped === true) return;
      if ((this.resting.get(one.key_id) ?? 0) > Date.now()) continue;
      this.resting.delete(one.key_id);
      await this.lease.alone(`rotation:${one.tenant_id}/${one.key_id}`, () => this.rotate(one));
    }
  }

  private async rotate(due: Due): Promise<void> {
    const { tenant_id: tenantId, key_id: id } = due;
    const turn = turnOf(due);
    const context: Context = {
      tenantId,
      principal: 'crypto-worker',
      correlationId: crypto.randomUUID(),
      deadline: Date.now() + budgetMs,
    };
    try {
      await this.rotator.rotate(context, { id, trigger: 'schedule', turn });
    } catch (error) {
      this.log.warn({ keyId: id, reason: (error as Error).message }, 'a due rotation failed');
      // What the key or the policy forbids is on record as refused, and this date is over; all else is tried again.
      if (error instanceof AnkaError && !error.retryable) await withTenant(this.dataSource, tenantId, turn.take);
      else this.resting.set(id, Date.now() + restMs);
    }
  }
}

const turnOf = ({ tenant_id: tenantId, key_id: id, next_at: nextAt }: Due): Turn => ({
  isOpen: async (manager: EntityManager) => {
    const rows = await manager.query<unknown[]>(
      'SELECT 1 FROM rotation_policy WHERE tenant_id = $1 AND key_id = $2 AND next_at = $3',
      [tenantId, id, nextAt],
    );
    return rows.length === 1;
  },
  take: async (manager: EntityManager) => {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE rotation_policy SET next_at = next_at + interval '1 second' * interval_seconds
         * (1 + greatest(0, floor(extract(epoch FROM now() - next_at) / interval_seconds)))
       WHERE tenant_id = $1 AND key_id = $2 AND next_at = $3 RETURNING key_id`,
      [tenantId, id, nextAt],
    );
    return rows.length === 1;
  },
});
