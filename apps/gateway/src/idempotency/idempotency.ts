import { AnkaError, newId } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Answer } from '../route/answer.js';
import { IdempotencyRecord } from './idempotency.entity.js';
import {
  beginAttempt,
  type ClaimedAttempt,
  extendLease,
  type RecordName,
  removeExpired,
  takeEarlierRecord,
  takeOverAttempt,
} from './idempotency.statement.js';

export interface Attempt extends RecordName {
  readonly route: string;
  /** The request: see `identityOf`. */
  readonly bodyHash: Buffer;
  /** The same request, as an earlier release stored it. */
  readonly earlierBodyHash: Buffer;
}

/** The lease of a running attempt, and the time between its extensions, in milliseconds. */
const lease = { leaseMs: 5000, extendMs: 1500 };

/** The claim of the attempt that creates `resourceId`, until it is finished or released. */
export interface Claim extends RecordName {
  readonly attempt: number;
  readonly resourceId: string;
}

/**
 * Keeps one answer per person and Idempotency-Key for 24 hours: that of the attempt that did what was asked. A refused attempt
 * has changed nothing, and what refused it may pass (a policy, a state, a quota), so it is not kept: a repetition is decided
 * anew, and it must still be the same request. A record fixes the id of the new resource before the service
 * is called, and every later attempt sends the same id. The resource is therefore created once, even if the first attempt dies.
 * An attempt has a short lease and extends it while it runs, so a key is free again soon after its gateway or the database failed.
 * An attempt ends, too, when the service that has the request falls silent: the bus gives it up after some ten seconds.
 * Creating calls carry no secrets in either direction, so answers can be stored. The database's clock decides, so gateways' clocks can differ.
 */
@Injectable()
export class Idempotency {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @returns the stored answer, or the claim to create it
   * @throws AnkaError `idempotency-mismatch` for another body or route, `idempotency-in-flight` while another attempt runs
   */
  begin(attempt: Attempt): Promise<Answer | Claim> {
    return withTenant(this.dataSource, attempt.tenantId, async (manager) => {
      await takeEarlierRecord(manager, { ...attempt, bodyHash: attempt.earlierBodyHash });
      const begun = await beginAttempt(manager, { ...attempt, ...lease, resourceId: newId() });
      return begun === undefined ? this.again(manager, attempt) : claimOf(attempt, begun);
    });
  }

  /** Runs the work of a claim, whose lease lasts until the work ends. A lease that cannot be extended ends by itself. */
  async holding<Value>({ attempt, resourceId: _, ...name }: Claim, work: () => Promise<Value>): Promise<Value> {
    let extending = Promise.resolve();
    const timer = setInterval(() => {
      extending = extending
        .then(() =>
          withTenant(this.dataSource, name.tenantId, (manager) => extendLease(manager, { ...name, ...lease }, attempt)),
        )
        .catch(() => undefined);
    }, lease.extendMs);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      // An extension after the release would lock the key again.
      await extending;
    }
  }

  /** Stores the answer to the request that was carried out, unless another attempt has taken over. */
  async finish(claim: Claim, { status, headers, body }: Answer): Promise<void> {
    await this.update(claim, { state: 'done', status, headers, body });
  }

  /** Lets the next attempt take over at once, with the same resource id. It is unknown how far this attempt got. */
  async release(claim: Claim): Promise<void> {
    await this.update(claim, { deadline: () => 'pg_catalog.now()' });
  }

  /** Removes some of the expired records. @returns how many */
  removeExpired(): Promise<number> {
    return removeExpired(this.dataSource.manager);
  }

  private async update(
    { tenantId, caller, key, attempt }: Claim,
    values: Partial<Pick<IdempotencyRecord, 'state' | 'status' | 'headers' | 'body'>> & { deadline?: () => string },
  ): Promise<void> {
    const own = { tenantId, caller, key, attempt, state: 'in-flight' } as const;
    await withTenant(this.dataSource, tenantId, (manager) => manager.update(IdempotencyRecord, own, values));
  }

  private async again(manager: EntityManager, attempt: Attempt): Promise<Answer | Claim> {
    const { tenantId, caller, key } = attempt;
    const row = await manager.findOne(IdempotencyRecord, {
      where: { tenantId, caller, key },
      lock: { mode: 'pessimistic_write' },
    });
    if (row === null) throw new AnkaError('idempotency-in-flight');
    if (!isSame(row, attempt))
      throw new AnkaError('idempotency-mismatch', 'This Idempotency-Key was used for another request. Use a new one.');
    if (isKept(row)) return answerOf(row);
    if (row.state === 'in-flight' && row.isRunning)
      throw new AnkaError(
        'idempotency-in-flight',
        'Wait until the first request with this Idempotency-Key is answered, then repeat it',
      );
    const taken = await takeOverAttempt(manager, { tenantId, caller, key, ...lease });
    if (taken === undefined) throw new AnkaError('idempotency-in-flight');
    return claimOf(attempt, taken);
  }
}

const isSame = (row: IdempotencyRecord, { route, bodyHash, earlierBodyHash }: Attempt): boolean =>
  row.route === route && (row.bodyHash.equals(bodyHash) || row.bodyHash.equals(earlierBodyHash));

/** An earlier release also stored refusals. They are decided anew. */
const isKept = ({ state, status }: IdempotencyRecord): boolean => state === 'done' && status !== null && status < 400;

const claimOf = ({ tenantId, caller, key }: Attempt, claimed: ClaimedAttempt): Claim => ({
  tenantId,
  caller,
  key,
  ...claimed,
});

/** A check constraint of the table guarantees that a finished record has its answer. */
const answerOf = ({ status, headers, body }: IdempotencyRecord): Answer => ({
  status: status as number,
  headers: headers as Record<string, string>,
  body: body as Buffer,
});
