import { AsyncLocalStorage } from 'node:async_hooks';
import { AnkaError, type NumberedRecords, type RecordKind } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { NotedChange } from '../database/noted-changes.js';
import { BusClient } from '../nats/client.js';
import { ClaimQuestions, type Comparison, type Missing } from './claim-questions.js';
import { ComparedPositions } from './compared-positions.js';
import { OwnForms } from './own-forms.js';
import { RecordOwner } from './record-authority.js';
import {
  claimOfAbsence,
  claimOfNewest,
  claimOfRecord,
  type LastChange,
  type LoadedRecord,
  numberedId,
  type OwnedName,
} from './record-claim.js';
import { RecordRevisions } from './record-revisions.js';
import { behindDetail, isCurrent, RecordAhead, type RecordState } from './record-standing.js';
import type { RememberedClaims } from './remembered-claims.js';
import { TrailMoves } from './trail-moves.js';

/**
 * Compares loaded records with their last changes in the audit trail, and so detects records of an older backup. Records that
 * are loaded in one turn are asked about together, once a minute at most.
 *
 * If the audit service does not answer, a record counts as current if this process has compared or written it, and it has not
 * become older since, for `longestSilence`. A record that this process does not know is refused until the audit service answers.
 * If a database is behind with a tenant, all records of the tenant are refused. One that is missing alone is seen by `checkAbsent`.
 */
@Injectable()
export class RecordHistory {
  readonly revisions: RecordRevisions;
  private readonly questions: ClaimQuestions;
  private readonly own = new OwnForms();
  private behindTenants: ReadonlyMap<string, number> = new Map();
  readonly positions = new ComparedPositions();
  private readonly listeners: ((tenantIds: readonly string[]) => void)[] = [];
  private readonly changeListeners: ((names: readonly OwnedName[]) => void)[] = [];
  /** The tenants whose records wait for their place in the history. Undefined: no record needs one. */
  private unplaced: Set<string> | undefined;
  private readonly moves = new TrailMoves();
  /** The tenants that the last comparison of what is known has missed. */
  missed: ReadonlySet<string> = new Set();
  /** Set inside `without`. */
  private readonly off = new AsyncLocalStorage<true>();

  constructor(owner: RecordOwner, bus: BusClient) {
    this.revisions = new RecordRevisions(owner.service, bus);
    this.questions = new ClaimQuestions(owner, bus, (tenantId, heads) => this.revisions.learn(tenantId, heads));
  }

  /**
   * Tells whether a record is as new as the trail knows it.
   * @param again reads the stored record again; null if it is gone
   * @param latest the highest revision that a record can have now which the trail does not know in this form
   * @returns undefined if that is known already
   * @throws (rejects with) AnkaError `audit-unavailable` if it cannot be known now; RecordAhead if only `latest` speaks against it
   */
  check(
    record: LoadedRecord,
    again: () => Promise<RecordState | null>,
    latest = (): number => Number.POSITIVE_INFINITY,
  ): Promise<boolean> | undefined {
    // What this process has just written does not wait for the trail.
    const latestOf = (form: LoadedRecord): number => (this.own.has(form) ? Number.POSITIVE_INFINITY : latest());
    const doubt = async (last: LastChange | undefined): Promise<LastChange | undefined> => {
      // It may have changed between its loading and the question.
      const stored = await again();
      if (stored === null) return undefined;
      const form = { ...record, ...stored };
      if (isCurrent(form, last, latestOf(form))) return { id: record.id, ...stored };
      if (isCurrent(form, last)) throw new RecordAhead(this.revisions.isNext(record.tenantId, form.revision, latest()));
      return undefined;
    };
    const question = { claim: claimOfRecord(record, () => latestOf(record)), doubt, memoryDecides: true };
    return this.unlessSettled(record.tenantId, () =>
      this.lacksPlace(record) ? Promise.resolve(false) : this.questions.confirm(question),
    );
  }

  /**
   * Tells whether the trail does not know a record either, or knows that it was deleted.
   * @returns undefined if that is known already
   * @throws (rejects with) AnkaError `audit-unavailable` if it cannot be known now; `decision-outdated` if it exists meanwhile
   */
  checkAbsent(name: OwnedName, missing: Missing, claim = claimOfAbsence(name)): Promise<boolean> | undefined {
    return this.unlessSettled(name.tenantId, () => this.questions.confirmMissing(claim, missing));
  }

  /**
   * Tells whether the trail knows none of some numbered records with a higher number.
   * @param number the highest that the database has; 0 for none
   * @returns undefined if that is known already
   * @throws (rejects with) AnkaError as `checkAbsent`
   */
  checkNewest(
    tenantId: string,
    newest: NumberedRecords,
    number: number,
    missing: Missing,
  ): Promise<boolean> | undefined {
    const claim = claimOfNewest(tenantId, newest, number);
    return this.unlessSettled(tenantId, () => this.questions.confirmMissing(claim, missing));
  }

  /** As `ClaimQuestions.isUnknown`. */
  async isUnknown(name: OwnedName, isNew: boolean): Promise<boolean> {
    return this.isOff || this.questions.isUnknown(name, isNew);
  }

  /** The ids of records that begin with `prefix` and that the trail holds; none inside `without`. @throws AnkaError as `headsWithPrefix` */
  async idsOnRecord(tenantId: string, kind: RecordKind, prefix: string, ever = false): Promise<readonly string[]> {
    if (this.isOff) return [];
    const heads = await this.questions.headsWithPrefix(tenantId, kind, prefix);
    return heads.filter(({ digest }) => ever || digest !== null).map(({ id }) => id);
  }

  /** What this process has compared, written and committed. */
  get memory(): RememberedClaims {
    return this.questions.memory;
  }

  /** The answer that needs no question; `ask` if there is none. */
  private unlessSettled(tenantId: string, ask: () => Promise<boolean> | undefined): Promise<boolean> | undefined {
    if (this.isOff) return undefined;
    return this.behindTenants.has(tenantId) ? Promise.resolve(false) : ask();
  }

  /** Whether this runs inside `without`. */
  get isOff(): boolean {
    return this.off.getStore() === true;
  }

  /**
   * When the trail or another process last named a change of the tenant's records, or the database was behind with the tenant, or when
   * everything was compared; a time of `monotonicNow`. What was read by then is read again.
   */
  lastMove(tenantId: string): number {
    return this.moves.last(tenantId);
  }

  /** Whether the audit service did not answer a moment ago: it is not asked again yet where its answer can be done without. */
  get isAway(): boolean {
    return this.questions.isAway;
  }

  /** Takes note that the audit service did not answer. */
  notAnswered(): void {
    this.questions.notAnswered();
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
    if (this.isOff || this.unplaced?.has(tenantId) !== true) return;
    throw new AnkaError('audit-unavailable', 'The records of an older release are not in the history yet. Try again.');
  }

  /** Checks that the database is not older than the trail. @throws AnkaError `record-outdated` */
  assertNotBehind(tenantId: string): void {
    if (this.isOff || !this.behindTenants.has(tenantId)) return;
    throw new AnkaError('record-outdated', behindDetail);
  }

  /**
   * Checks that the database's counter had reached what the trail holds. Otherwise the database was restored from a backup since
   * they were compared.
   * @param position as `positions` said before the counter was read: it may have moved while that waited for other changes
   * @throws AnkaError `record-outdated`
   */
  assertReaches(counter: number, position: number): void {
    if (this.isOff || counter >= position) return;
    throw new AnkaError('record-outdated', behindDetail);
  }

  /**
   * Checks that the database was compared with the trail. Before that, nobody knows which revisions a change must exceed.
   * @throws (rejects with) AnkaError `audit-unavailable` (retryable)
   */
  async assertCompared(): Promise<void> {
    if (!this.isOff) await this.positions.assertCompared();
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
    const { of, number } = numberedId(record.id);
    this.own.wrote(record);
    const claims = [claimOfRecord(record)];
    if (Number.isInteger(number)) claims.push(claimOfNewest(record.tenantId, { kind: record.kind, of }, number));
    for (const claim of claims) this.questions.memory.wrote(claim);
  }

  /** Remembers that a record does not exist, because this process makes what it would belong to. */
  wroteWithout(name: OwnedName): void {
    this.questions.memory.wrote(claimOfAbsence(name));
  }

  /** Remembers that this process deletes a record, since the trail hears of it later. */
  removed(name: OwnedName, revision: number): void {
    this.questions.memory.removed(name, revision);
  }

  /** Remembers changes that this process has committed. The trail may hear of them later. */
  committed(changes: readonly NotedChange[]): void {
    for (const { tenantId, change } of changes) this.questions.memory.committed(tenantId, change);
  }

  /** As `committed`, for changes that another process of the service has committed and announced. Caches drop what has changed. */
  heard(changes: readonly NotedChange[]): void {
    this.committed(changes);
    this.moves.moved(changes.map(({ tenantId }) => tenantId));
    const names = changes.map(({ tenantId, change: { kind, id } }) => ({ tenantId, kind, id }));
    for (const forget of this.changeListeners) forget(names);
  }

  /** The tenants whose records in this database are older than the trail, with the revision that the trail holds. */
  get behind(): ReadonlyMap<string, number> {
    return this.behindTenants;
  }

  /**
   * Sets the tenants whose records are older than the trail. What was known of them is forgotten.
   * @param positions the highest revision that the trail holds of each tenant
   */
  setBehind(behind: ReadonlyMap<string, number>, positions: ReadonlyMap<string, number> = new Map()): void {
    this.positions.set(positions);
    const news = [...behind.keys()].filter((tenantId) => !this.behindTenants.has(tenantId));
    this.behindTenants = behind;
    if (news.length === 0) return;
    this.questions.memory.clear();
    this.moves.moved(news);
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

  /**
   * Compares again what this process knows of some tenants, and of those that could not be compared the last time, and tells caches
   * what has changed: nothing else might tell them.
   * @param tenantIds all tenants if absent
   * @throws AnkaError if the audit service did not answer about one of them, once all were tried
   */
  async compareAgain(tenantIds?: ReadonlySet<string>): Promise<void> {
    const asked = tenantIds && new Set([...tenantIds, ...this.missed]);
    const { changed, ...claims } = await this.questions.compareAgain(asked, this.missed);
    const sets = await this.compareSets(asked);
    const [missed, error] = [new Set([...claims.missed, ...sets.missed]), claims.error ?? sets.error];
    this.missed = missed;
    if (asked === undefined) this.moves.allMoved();
    else this.moves.moved([...asked].filter((tenantId) => !missed.has(tenantId)));
    if (changed.length > 0) for (const forget of this.changeListeners) forget(changed);
    if (error !== undefined) throw error;
  }

  /** Compares sets of records with the trail, for `compareAgain`. */
  compareSets = async (_tenantIds?: ReadonlySet<string>): Promise<Pick<Comparison, 'missed' | 'error'>> => ({
    missed: new Set(),
    error: undefined,
  });

  /** Calls `forget` with records that the trail, or another process, knows in a later form than this one, so that caches drop them. */
  onChanged(forget: (names: readonly OwnedName[]) => void): void {
    this.changeListeners.push(forget);
  }
}
