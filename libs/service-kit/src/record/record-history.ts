import { AsyncLocalStorage } from 'node:async_hooks';
import {
  AnkaError,
  maxHeads,
  monotonicNow,
  type RecordHead,
  type RecordName,
  readRecordHeads,
  recordKey,
} from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { BoundedMap } from '../memory/bounded-map.js';
import { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import { RecordOwner } from './record-authority.js';
import { isCurrent, type RecordState } from './record-standing.js';

/** A loaded record that the trail is asked about. */
export interface LoadedRecord extends RecordName, RecordState {
  readonly tenantId: string;
}

interface Verified extends RecordState {
  readonly at: number;
}

interface Question {
  readonly record: LoadedRecord;
  /** Reads the stored record again. Null if it is gone. */
  readonly again: () => Promise<RecordState | null>;
  readonly settle: (current: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** The time for which a comparison counts, in milliseconds. */
const freshMs = 60_000;
/** The longest wait for the audit service, in milliseconds: where the service can do without its answer, and where it cannot. */
const patienceMs = { known: 2_000, unknown: 10_000 };
/** The most records whose last comparison is remembered. */
const capacity = 200_000;

/** What to do about a database that is older than the trail. */
export const behindDetail =
  'The database is older than the audit trail: it was restored from a backup. Restore a newer backup, or apply the trail to it with POST /tenants/{tenant}/restore.';

const nameOf = ({ tenantId, kind, id }: LoadedRecord): string => `${tenantId}/${kind}/${id}`;

/**
 * Compares loaded records with their last changes in the audit trail, and so detects records of an older backup. Records that
 * are loaded in one turn are asked about together, once a minute at most.
 *
 * If the audit service does not answer, a record counts as current if this process has compared or written it, and it has not
 * become older since. A record that this process does not know is refused until the audit service answers.
 *
 * If a database is behind with a tenant, all records of the tenant are refused: what is missing cannot be seen in a record.
 */
@Injectable()
export class RecordHistory {
  private readonly verified = new BoundedMap<string, Verified>(capacity);
  private behindTenants: ReadonlyMap<string, number> = new Map();
  private compared = Number.POSITIVE_INFINITY;
  private readonly listeners: ((tenantIds: readonly string[]) => void)[] = [];
  private waiting: Question[] = [];
  /** The tenants whose records wait for their place in the history. Undefined: no record needs one. */
  private unplaced: Set<string> | undefined;
  /** Set inside `without`. */
  private readonly off = new AsyncLocalStorage<true>();

  constructor(
    private readonly owner: RecordOwner,
    private readonly bus: BusClient,
    registry: Registry,
  ) {
    const gauge: Gauge = new Gauge({
      name: 'ankasecure_records_behind_tenants',
      help: 'Tenants whose records in the database are older than the audit trail',
      registers: [registry],
      collect: () => gauge.set(this.behind.size),
    });
  }

  /**
   * Tells whether a record is as new as the trail knows it.
   * @returns undefined if that is known already
   * @throws (rejects with) AnkaError `audit-unavailable` if it cannot be known now
   */
  check(record: LoadedRecord, again: Question['again']): Promise<boolean> | undefined {
    if (this.off.getStore() === true) return undefined;
    if (this.behindTenants.has(record.tenantId) || this.lacksPlace(record)) return Promise.resolve(false);
    const known = this.verified.use(nameOf(record));
    if (known?.digest === record.digest && monotonicNow() - known.at < freshMs) return undefined;
    return new Promise((settle, fail) => {
      this.waiting.push({ record, again, settle, fail });
      if (this.waiting.length === 1) queueMicrotask(() => this.askAll());
    });
  }

  /** Runs work that brings older records up to date: inside it, every record counts as current. */
  without<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.off.run(true, work);
  }

  /**
   * Checks that the tenant's records may change: none can be sealed on top of a database that is older than the trail, or
   * before the records of an older release have their places.
   * @throws AnkaError `record-outdated`; `audit-unavailable` (retryable)
   */
  assertMayChange(tenantId: string): void {
    this.assertNotBehind(tenantId);
    if (this.off.getStore() === true || this.unplaced?.has(tenantId) !== true) return;
    throw new AnkaError('audit-unavailable', 'The records of an older release are not in the history yet. Try again.');
  }

  /** Checks that the database is not older than the trail. @throws AnkaError `record-outdated` */
  assertNotBehind(tenantId: string): void {
    if (this.off.getStore() === true || !this.behindTenants.has(tenantId)) return;
    throw new AnkaError('record-outdated', behindDetail);
  }

  /** From now on every record must have a place in the history, except those of tenants that still wait for theirs. */
  requirePlaces(except: readonly string[]): void {
    this.unplaced = new Set(except);
  }

  /** An older release gave records no place. Once all have one, a record without was put back from a backup. */
  private lacksPlace({ tenantId, revision }: LoadedRecord): boolean {
    return revision === 0 && this.unplaced?.has(tenantId) === false;
  }

  /** The records of the tenant that may have a place have one. */
  placed(tenantId: string): void {
    this.unplaced?.delete(tenantId);
  }

  /** Remembers a record that this process has written and sealed. */
  wrote(record: LoadedRecord): void {
    const known = this.verified.get(nameOf(record));
    // The transaction may still fail. What was known of the stored record stays known.
    if (known === undefined) this.remember(record);
  }

  /** The tenants whose records in this database are older than the trail, with the revision that the trail holds. */
  get behind(): ReadonlyMap<string, number> {
    return this.behindTenants;
  }

  /** Whether the database is behind with every tenant that the trail names. */
  get isAllBehind(): boolean {
    return this.behind.size > 0 && this.behind.size >= this.compared;
  }

  /**
   * Sets the tenants whose records are older than the trail. What was known of them is forgotten.
   * @param compared the number of tenants that the trail names
   */
  setBehind(behind: ReadonlyMap<string, number>, compared = Number.POSITIVE_INFINITY): void {
    this.compared = compared;
    const news = [...behind.keys()].filter((tenantId) => !this.behindTenants.has(tenantId));
    this.behindTenants = behind;
    if (news.length === 0) return;
    this.verified.clear();
    for (const forget of this.listeners) forget(news);
  }

  /** Takes note that the tenant's records were brought up to date with the trail. */
  caughtUp(tenantId: string): void {
    this.behindTenants = new Map([...this.behindTenants].filter(([behind]) => behind !== tenantId));
  }

  /** Calls `forget` with tenants whose records turn out to be older than the trail, so that caches drop them. */
  onBehind(forget: (tenantIds: readonly string[]) => void): void {
    this.listeners.push(forget);
  }

  private remember(record: LoadedRecord): void {
    const { revision, digest } = record;
    this.verified.set(nameOf(record), { revision, digest, at: monotonicNow() });
  }

  private askAll(): void {
    const questions = this.waiting;
    this.waiting = [];
    for (const [tenantId, own] of Map.groupBy(questions, ({ record }) => record.tenantId))
      for (let start = 0; start < own.length; start += maxHeads)
        void this.ask(tenantId, own.slice(start, start + maxHeads));
  }

  private async ask(tenantId: string, questions: readonly Question[]): Promise<void> {
    try {
      const isKnown = questions.every(({ record }) => this.verified.get(nameOf(record)) !== undefined);
      const heads = await this.heads(
        tenantId,
        questions.map(({ record: { kind, id } }) => ({ kind, id })),
        isKnown ? patienceMs.known : patienceMs.unknown,
      );
      const byName = new Map(heads.map((head) => [recordKey(head), head]));
      await Promise.all(questions.map((question) => this.answer(question, byName.get(recordKey(question.record)))));
    } catch (error) {
      for (const question of questions) this.answerAlone(question, error);
    }
  }

  /** Compares once more with the record as it is stored now: it may have changed between its loading and the question. */
  private async answer({ record, again, settle, fail }: Question, head: RecordHead | undefined): Promise<void> {
    try {
      const stored = isCurrent(record, head) ? record : await again();
      const current = stored !== null && isCurrent(stored, head);
      if (current) this.remember({ ...record, ...stored });
      settle(current);
    } catch (error) {
      fail(error);
    }
  }

  /** Answers without the audit service. */
  private answerAlone({ record, settle, fail }: Question, cause: unknown): void {
    if (!(cause instanceof AnkaError) || !cause.retryable) return fail(cause);
    const known = this.verified.get(nameOf(record));
    if (known !== undefined) return settle(isCurrent(record, known));
    const detail = `The record cannot be compared with the audit trail now (${cause.code}), and this service has not used it before. Try again.`;
    fail(new AnkaError('audit-unavailable', detail, { cause }));
  }

  private async heads(
    tenantId: string,
    records: readonly RecordName[],
    waitMs: number,
  ): Promise<readonly RecordHead[]> {
    const context = ownContext(this.owner.service, waitMs, tenantId);
    const { heads } = await this.bus.request(readRecordHeads, '', context, { records: [...records], newest: [] });
    return heads;
  }
}
