import { setTimeout as pauseFor } from 'node:timers/promises';
import {
  AnkaError,
  maxHeads,
  monotonicNow,
  type RecordHead,
  type RecordKind,
  readRecordHeads,
  tried,
} from '@ankasecure/contracts';
import type { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import { headsWithPrefix } from './all-heads.js';
import type { RecordOwner } from './record-authority.js';
import {
  answersOf,
  type Claim,
  claimOfAbsence,
  hasMoved,
  kindOf,
  type LastChange,
  type OwnedName,
  requestFor,
} from './record-claim.js';
import { type RememberedClaim, RememberedClaims } from './remembered-claims.js';

/** Looks again for a record that the database did not have. */
export interface Missing {
  /** Tells whether it has the record now. @param id the record that the trail holds */
  readonly hasNow: (id: string) => Promise<boolean>;
  /** Tells whether the event of the record's deletion waits in the outbox. */
  readonly isLeaving: (id: string) => Promise<boolean>;
}

interface Question {
  readonly claim: Claim;
  /** Looks again when the trail says otherwise. @returns what is true now; undefined if the claim is wrong */
  readonly doubt: (last: LastChange | undefined) => Promise<LastChange | undefined>;
  /** Whether the claim is wrong if it contradicts what this process remembers. */
  readonly memoryDecides: boolean;
  readonly settle: (isTrue: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** The result of a comparison of remembered claims with the trail. */
export interface Comparison {
  /** The records that have changed since they were compared. */
  readonly changed: readonly OwnedName[];
  /** The tenants that were not compared as a whole: those that were not tried, then those that failed. */
  readonly missed: ReadonlySet<string>;
  /** Why, for the first of them; undefined if there are none. */
  readonly error: Error | undefined;
}

/** The longest wait for the audit service, in milliseconds: where the service can do without its answer, and where it cannot. */
export const patienceMs = { known: 1_000, unknown: 10_000 };
/** The time after a failure in which the audit service is not asked where its answer can be done without, in milliseconds. */
const awayMs = 5_000;
/** The pauses before the trail is asked again: about a record whose deletion it will hear of, or while its service starts; in milliseconds. */
const pausesMs = [100, 200, 400, 800];

const unsealedDetail =
  'The database no longer has a record that the audit trail holds: the event of its deletion is not sealed yet. Try again.';
/** The advice to an administrator while a caller is told to try again. It is the same for every cause: anyone can be told. */
export const unknownAdvice =
  'If this goes on, the audit service refuses its restored database or is away: an administrator follows deploy/backup.md.';

const madeDetail = 'A record was made while others were read. Try again.';

/** Whether a failure may pass within a moment. A deadline that has passed was the whole patience. */
const mayPass = (error: unknown): boolean =>
  error instanceof AnkaError && error.retryable && error.code !== 'deadline-exceeded';

/** The same, with those of `last` in its order at the end. */
const lastInOrder = (tenantIds: readonly string[], last: ReadonlySet<string>): readonly string[] => {
  const known = new Set(tenantIds);
  return [...tenantIds.filter((id) => !last.has(id)), ...[...last].filter((id) => known.has(id))];
};

/** Asks the audit service whether claims are true: all of one turn together, and none again that was found true lately. */
export class ClaimQuestions {
  readonly memory = new RememberedClaims();
  private waiting: Question[] = [];
  private awayUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly owner: RecordOwner,
    private readonly bus: Pick<BusClient, 'request'>,
    /** Takes note of heads that the audit service has proved. */
    private readonly learn: (tenantId: string, heads: readonly RecordHead[]) => void,
  ) {}

  /**
   * @returns undefined if the claim is known to be true
   * @throws (rejects with) AnkaError `audit-unavailable` if it cannot be known now
   */
  confirm(question: Omit<Question, 'settle' | 'fail'>): Promise<boolean> | undefined {
    if (this.memory.isFresh(question.claim)) return undefined;
    return new Promise((settle, fail) => {
      this.waiting.push({ ...question, settle, fail });
      if (this.waiting.length === 1) queueMicrotask(() => this.askAll());
    });
  }

  /**
   * Confirms a claim about what the database lacks.
   * @throws (rejects with) AnkaError as `confirm`; `decision-outdated` if the database has it meanwhile
   */
  confirmMissing(claim: Claim, missing: Missing): Promise<boolean> | undefined {
    return this.confirm({ claim, doubt: () => this.doubtMissing(claim, missing), memoryDecides: false });
  }

  /**
   * Tells whether the trail has never named a record.
   * @param isNew whether nobody can have made one: then an audit service that does not answer can be done without
   * @throws AnkaError `audit-unavailable` if it cannot be known now
   */
  async isUnknown(name: OwnedName, isNew: boolean): Promise<boolean> {
    if (isNew && this.isAway) return true;
    const claim = claimOfAbsence(name);
    const asked = await tried(() =>
      isNew ? this.answers(name.tenantId, [claim], patienceMs.known) : this.answersAtLength(name.tenantId, [claim]),
    );
    if (asked.error === undefined) return !asked.result.has(claim.subject);
    if (!asked.error.retryable) throw asked.error;
    this.notAnswered();
    if (isNew) return true;
    const detail = `The audit trail cannot tell now whether the id was used before (${asked.error.code}). Try again. ${unknownAdvice}`;
    throw new AnkaError('audit-unavailable', detail, { cause: asked.error });
  }

  /**
   * Compares again what is remembered of some tenants, or of all. From now on, this process knows what the trail says. A trail that
   * is refused keeps no other from being compared. One that is not answered about in time keeps the rest waiting for the next call.
   * @param last tenants that come after the others, in this order
   */
  async compareAgain(tenantIds?: ReadonlySet<string>, last: ReadonlySet<string> = new Set()): Promise<Comparison> {
    const changed: OwnedName[] = [];
    const [untried, failed] = [new Set<string>(), new Set<string>()];
    let error: Error | undefined;
    let leftMs = patienceMs.unknown;
    const tenants = Map.groupBy(this.memory.of(tenantIds), ({ claim }) => claim.tenantId);
    for (const tenantId of lastInOrder([...tenants.keys()], last)) {
      if (leftMs <= 0) {
        untried.add(tenantId);
        continue;
      }
      const startedAt = monotonicNow();
      try {
        const own = tenants.get(tenantId) ?? [];
        for (let start = 0; start < own.length; start += maxHeads)
          changed.push(...(await this.compareSome(tenantId, own.slice(start, start + maxHeads))));
      } catch (cause) {
        error ??= cause as Error;
        failed.add(tenantId);
        leftMs -= monotonicNow() - startedAt;
      }
    }
    return { changed, missed: new Set([...untried, ...failed]), error };
  }

  private async compareSome(tenantId: string, some: readonly RememberedClaim[]): Promise<readonly OwnedName[]> {
    const claims = some.map(({ claim }) => claim);
    const answers = await this.answers(tenantId, claims, patienceMs.unknown);
    this.memory.compared(claims);
    return some.flatMap(({ claim, last: remembered }) => {
      const last = answers.get(claim.subject);
      if (last === undefined || !hasMoved(claim, remembered, last)) return [];
      this.memory.remember(claim, last);
      return [{ tenantId, kind: kindOf(claim), id: last.id }];
    });
  }

  /** As `headsWithPrefix`. The trail is waited for although it did not answer a moment ago. @throws AnkaError if it does not answer */
  async headsWithPrefix(tenantId: string, kind: RecordKind, prefix: string): Promise<readonly RecordHead[]> {
    const context = ownContext(this.owner.service, patienceMs.unknown, tenantId);
    const listed = await tried(() => headsWithPrefix(this.bus, context, this.owner.service, kind, prefix));
    if (listed.error?.retryable === true) this.notAnswered();
    if (listed.error !== undefined) throw listed.error;
    this.memory.heard(tenantId, listed.result);
    return listed.result;
  }

  /** Whether the audit service did not answer a moment ago. */
  get isAway(): boolean {
    return monotonicNow() < this.awayUntil;
  }

  notAnswered(): void {
    this.awayUntil = monotonicNow() + awayMs;
  }

  private askAll(): void {
    const questions = this.waiting;
    this.waiting = [];
    for (const [tenantId, own] of Map.groupBy(questions, ({ claim }) => claim.tenantId))
      for (let start = 0; start < own.length; start += maxHeads)
        void this.ask(tenantId, own.slice(start, start + maxHeads));
  }

  private async ask(tenantId: string, questions: readonly Question[]): Promise<void> {
    try {
      const claims = questions.map(({ claim }) => claim);
      const isKnown = claims.every((claim) => this.memory.last(claim) !== undefined);
      if (isKnown && this.isAway) throw new AnkaError('audit-unavailable');
      const answers = isKnown
        ? await this.answers(tenantId, claims, patienceMs.known)
        : await this.answersAtLength(tenantId, claims);
      const said = questions.map((question) => {
        const last = this.memory.latest(question.claim, answers.get(question.claim.subject));
        return { question, last };
      });
      const isDoubted = ({ question, last }: (typeof said)[number]): boolean =>
        !this.memory.agrees(question.claim, last);
      // A doubt is a query in the transaction that asks, which runs one at a time. What is not in doubt does not wait for it.
      for (const { question, last } of said.toSorted((a, b) => Number(isDoubted(a)) - Number(isDoubted(b))))
        await this.answer(question, last);
    } catch (error) {
      if (!this.isAway) this.notAnswered();
      for (const question of questions) void this.answerAlone(question, error);
    }
  }

  private async answer({ claim, doubt, settle, fail }: Question, last: LastChange | undefined): Promise<void> {
    try {
      const isTrue = this.memory.agrees(claim, last) ? claim.says : await doubt(last);
      if (isTrue !== undefined) this.memory.remember(claim, isTrue, last);
      settle(isTrue !== undefined);
    } catch (error) {
      fail(error);
    }
  }

  /**
   * Asks again about what the database lacks and the trail holds. The trail hears of a deletion when its event is sealed. The
   * outbox is read before the trail is asked: an event that has left it by then is sealed.
   */
  private async doubtMissing(claim: Claim, missing: Missing): Promise<LastChange | undefined> {
    let id = claim.says.id;
    for (const pauseMs of pausesMs) {
      const isLeaving = await missing.isLeaving(id);
      const told = await this.answers(claim.tenantId, [claim], patienceMs.known);
      const last = this.memory.latest(claim, told.get(claim.subject));
      if (this.memory.agrees(claim, last)) return claim.says;
      if (last === undefined) return undefined;
      if (await missing.hasNow(last.id)) throw new AnkaError('decision-outdated', madeDetail);
      if (!isLeaving && last.id === id) return undefined;
      id = last.id;
      if (isLeaving) await pauseFor(pauseMs);
    }
    throw new AnkaError('audit-unavailable', unsealedDetail);
  }

  /** Answers without the audit service. What was read may be older than what this process knows meanwhile: then it is read again. */
  private async answerAlone({ claim, doubt, memoryDecides, settle, fail }: Question, cause: unknown): Promise<void> {
    if (!(cause instanceof AnkaError) || !cause.retryable) return fail(cause);
    const known = this.memory.last(claim);
    const isOld = known !== undefined && this.memory.silenceMs(claim) > this.owner.longestSilenceMs;
    if (known !== undefined && !isOld) {
      if (this.memory.agrees(claim, known)) return settle(true);
      if (memoryDecides) return doubt(known).then((isTrue) => settle(isTrue !== undefined), fail);
    }
    const why = isOld ? 'was not compared for longer than counts' : 'this service has not used it before';
    const detail = `The record cannot be compared with the audit trail now (${cause.code}), and ${why}. Try again. ${unknownAdvice}`;
    fail(new AnkaError('audit-unavailable', detail, { cause }));
  }

  /** Asks about what cannot be done without. A service that starts again answers nobody for a moment. */
  private async answersAtLength(tenantId: string, claims: readonly Claim[]): Promise<ReadonlyMap<string, LastChange>> {
    const ask = () => this.answers(tenantId, claims, patienceMs.unknown);
    for (const pauseMs of this.isAway ? [] : pausesMs)
      try {
        return await ask();
      } catch (error) {
        if (!mayPass(error)) throw error;
        await pauseFor(pauseMs);
      }
    return ask();
  }

  /** @throws AnkaError if the audit service does not answer */
  private async answers(
    tenantId: string,
    claims: readonly Claim[],
    waitMs: number,
  ): Promise<ReadonlyMap<string, LastChange>> {
    const context = ownContext(this.owner.service, waitMs, tenantId);
    const { heads } = await this.bus.request(readRecordHeads, '', context, requestFor(claims));
    this.learn(tenantId, heads);
    return answersOf(heads);
  }
}
