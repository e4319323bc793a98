import { AnkaError, idTime, newId } from '@ankasecure/contracts';
import { Clock, sealsOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Answer } from '../route/answer.js';
import { AnswerMac, type KeptRequest } from './answer-mac.js';
import { IdempotencyRecord } from './idempotency.entity.js';
import {
  beginAttempt,
  type ClaimedAttempt,
  extendLease,
  type NewAttempt,
  type RecordName,
  removeExpired,
  takeOverAttempt,
} from './idempotency.statement.js';

export interface Attempt extends RecordName {
  readonly route: string;
  /** The request: see `identityOf`. */
  readonly bodyHash: Buffer;
}

/** The lease of a running attempt, and the time between its extensions, in milliseconds. */
const lease = { leaseMs: 5000, extendMs: 1500 };

/** The longest time for which an id is kept, in milliseconds: the 24 hours of its record, and what clocks may differ. */
const keptMs = 86_400_000 + 60_000;

/** The claim of the attempt that creates `resourceId`, until it is finished or released. */
export interface Claim extends KeptRequest {
  readonly attempt: number;
}

/**
 * Keeps one answer per person and Idempotency-Key for 24 hours: that of the attempt that did what was asked. A refused attempt
 * has changed nothing, and what refused it may pass (a policy, a state, a quota), so it is not kept: a repetition is decided
 * anew, and it must still be the same request. A record fixes the id of the new resource before the service
 * is called, and every later attempt sends the same id. The resource is therefore created once, even if the first attempt dies.
 * An attempt has a short lease and extends it while it runs, so a key is free again soon after its gateway or the database failed.
 * An attempt ends, too, when the service that has the request falls silent: the bus gives it up after some ten seconds.
 * Creating calls carry no secrets in either direction, so answers can be stored. The database's clock decides, so gateways' clocks can differ.
 * Of a record, only what has a genuine MAC is believed (see `AnswerMac`), and no longer than a day, whatever the database says.
 */
@Injectable()
export class Idempotency {
  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: AnswerMac,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the stored answer, or the claim to create it
   * @throws AnkaError `idempotency-mismatch` for another body or route, `idempotency-in-flight` while another attempt runs,
   * `record-forged` for a record that no gateway has written
   */
  begin(attempt: Attempt): Promise<Answer | Claim> {
    return withTenant(this.dataSource, attempt.tenantId, async (manager) => {
      const wanted = this.wanted({ ...attempt, resourceId: newId() });
      const begun = await beginAttempt(manager, wanted);
      return begun === undefined ? this.again(manager, attempt) : claimOf(manager, wanted, begun);
    });
  }

  /** Runs the work of a claim, whose lease lasts until the work ends. A lease that cannot be extended ends by itself. */
  async holding<Value>({ attempt, tenantId, caller, key }: Claim, work: () => Promise<Value>): Promise<Value> {
    const name = { tenantId, caller, key, ...lease };
    let extending = Promise.resolve();
    const timer = setInterval(() => {
      extending = extending
        .then(() => withTenant(this.dataSource, tenantId, (manager) => extendLease(manager, name, attempt)))
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
    const mac = this.macs.of(claim, { status, headers, body });
    await this.update(claim, { state: 'done', status, headers, body, mac });
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
    values: Partial<Pick<IdempotencyRecord, 'state' | 'status' | 'headers' | 'body' | 'mac'>> & {
      deadline?: () => string;
    },
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
    const kept = this.believed(manager, row, { ...attempt, ...requestOf(row) });
    if (kept !== undefined && !isSame(row, attempt))
      throw new AnkaError('idempotency-mismatch', 'This Idempotency-Key was used for another request. Use a new one.');
    if (kept?.answer !== undefined && isKept(kept.answer)) return kept.answer;
    if (row.state === 'in-flight' && row.isRunning)
      throw new AnkaError(
        'idempotency-in-flight',
        'Wait until the first request with this Idempotency-Key is answered, then repeat it',
      );
    const wanted = this.wanted({ ...attempt, resourceId: kept?.resourceId ?? newId() });
    const taken = await takeOverAttempt(manager, wanted);
    if (taken === undefined) throw new AnkaError('idempotency-in-flight');
    return claimOf(manager, wanted, taken);
  }

  private wanted(request: KeptRequest): NewAttempt {
    return { ...request, ...lease, mac: this.macs.of(request) };
  }

  /**
   * What a record tells that a gateway has written. An answer that none has written counts as not stored: the service is asked
   * again, with the same id.
   * @returns undefined for a record of an earlier release, or of another day: the request is carried out anew
   * @throws AnkaError `record-forged`
   */
  private believed(manager: EntityManager, row: IdempotencyRecord, request: KeptRequest): Believed | undefined {
    const { mac } = row;
    if (mac === null) return undefined;
    const { resourceId } = request;
    const answer = answerOf(row);
    const isWhole = this.macs.isOf(mac, request, answer);
    const refusal = isWhole ? undefined : rejected(manager, request);
    if (refusal !== undefined && !this.macs.isOf(mac, request)) throw refusal;
    if (Math.abs(this.clock.now() - (idTime(resourceId) ?? 0)) > keptMs) return undefined;
    return { resourceId, ...(isWhole && answer !== undefined && { answer }) };
  }
}

/** What is believed of a record. */
interface Believed {
  readonly resourceId: string;
  readonly answer?: Answer;
}

/** Raises the alarm about a record. @returns the error */
const rejected = (manager: EntityManager, { tenantId, key }: KeptRequest): AnkaError =>
  sealsOf(manager).rejections.reject({ table: 'idempotency', tenantId, id: key }, 'forged');

const isSame = (row: IdempotencyRecord, { route, bodyHash }: Attempt): boolean =>
  row.route === route && row.bodyHash.equals(bodyHash);

/** An earlier release also stored refusals. They are decided anew. */
const isKept = ({ status }: Answer): boolean => status < 400;

/** @throws AnkaError `record-forged` if the database has stored another id */
const claimOf = (
  manager: EntityManager,
  { leaseMs: _, mac: __, ...request }: NewAttempt,
  { attempt, resourceId }: ClaimedAttempt,
): Claim => {
  if (resourceId !== request.resourceId) throw rejected(manager, request);
  return { ...request, attempt };
};

/** What the record says of the request. Its name is asked for. */
const requestOf = ({ route, bodyHash, resourceId }: IdempotencyRecord) => ({ route, bodyHash, resourceId });

const answerOf = ({ state, status, headers, body }: IdempotencyRecord): Answer | undefined =>
  state === 'done' && status !== null && headers !== null && body !== null ? { status, headers, body } : undefined;
