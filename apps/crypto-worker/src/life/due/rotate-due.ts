import { AnkaError, type Context, monotonicNow, newId } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Custody } from '../../custody/custody.js';
import { Lease } from '../../lease/lease.js';
import { Rounds } from '../../lease/rounds.js';
import { RotateKey } from '../../making/rotate-key.js';
import { type DuePolicy, type DueRotation, DueRotations } from './due-rotation.js';

const everyMs = 500;
const budgetMs = 60_000;
/** The pause after a rotation that failed for a reason outside its key, or that cannot be confirmed, in milliseconds. */
const restMs = 5000;

/**
 * Rotates ACTIVE keys whose date has come. Other keys are not due until they are ACTIVE again. Every worker checks twice a
 * second and claims nothing in advance: the transaction that records the new version moves the due date to the next one. So
 * each date rotates at most once, even if workers die, and several missed dates cause one rotation. A lock keeps two workers
 * from making an object for the same date. If both do, the loser destroys its own.
 */
@Injectable()
export class RotateDue extends Rounds {
  private readonly resting = new Map<string, number>();

  constructor(
    private readonly due: DueRotations,
    private readonly custody: Custody,
    private readonly lease: Lease,
    private readonly rotator: RotateKey,
    log: Logger,
  ) {
    super(everyMs, 'rotation of due keys', log);
  }

  protected async round(): Promise<void> {
    if (!this.custody.healthy()) return;
    for (const one of await this.due.list()) {
      if (this.isStopped) return;
      await this.inTurn(one);
    }
  }

  /** Rotates a key if the sealed policy says that it is due. */
  async carryOut(policy: DuePolicy): Promise<void> {
    if (this.custody.healthy()) await this.inTurn(this.due.of(policy));
  }

  private async inTurn(one: DueRotation): Promise<void> {
    if ((this.resting.get(one.keyId) ?? 0) > monotonicNow()) return;
    this.resting.delete(one.keyId);
    await this.lease.alone(`rotation:${one.tenantId}/${one.keyId}`, () => this.confirmAndRotate(one));
  }

  private async confirmAndRotate(due: DueRotation): Promise<void> {
    try {
      if (!(await this.due.isDue(due))) return;
    } catch (error) {
      this.log.warn({ keyId: due.keyId, reason: (error as Error).message }, 'cannot tell yet whether a key is due');
      this.rest(due);
      return;
    }
    await this.rotate(due);
  }

  private rest({ keyId }: DueRotation): void {
    this.resting.set(keyId, monotonicNow() + restMs);
  }

  private async rotate(due: DueRotation): Promise<void> {
    const { tenantId, keyId: id, turn } = due;
    const context: Context = {
      tenantId,
      principal: 'crypto-worker',
      correlationId: newId(),
      deadline: monotonicNow() + budgetMs,
    };
    try {
      await this.rotator.rotate(context, { id, trigger: 'schedule', turn });
    } catch (error) {
      this.log.warn({ keyId: id, reason: (error as Error).message }, 'a due rotation failed');
      // A refusal by key or policy is on record, and this date is over. Anything else is retried.
      if (error instanceof AnkaError && !error.retryable) await this.due.skip(due);
      else this.rest(due);
    }
  }
}
