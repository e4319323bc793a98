import {
  AnkaError,
  auditEvent,
  batchOf,
  type Context,
  failureOf,
  onRecord,
  type ReplyHead,
} from '@ankasecure/contracts';
import { asAnkaError, Clock, Outbox, parseJson, type RawAnswer, validate } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { nameOf, undecided } from '../outcome/fence.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { type Attempt, hsmMicrosOf, itemAnswer, noticeOf, quotaOf, usesOf } from './attempt.js';
import { AttemptItem } from './attempt-item.js';
import { foldRefusals } from './fold-refusal.js';
import { inTurns } from './in-turns.js';
import { eventName } from './item-record.js';
import type { Verb } from './verb.js';

/** The items of a request, not yet validated one by one. */
interface Items {
  readonly items: readonly unknown[];
  readonly batch: boolean;
}

/** The longest time from the end of a decision to the release of its result, in milliseconds. */
const releaseMs = 1_000;

/**
 * Runs crypto requests: schema, key, state and policy, the HSM, and the outcome's commit. A result is released only after
 * that commit. The items of a batch run side by side and share one commit.
 */
@Injectable()
export class RunOperation {
  constructor(
    private readonly items: AttemptItem,
    private readonly outcomes: GroupCommit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async run(verb: Verb, context: Context, bytes: Uint8Array): Promise<RawAnswer> {
    const start = performance.now();
    this.clock.assertAgrees();
    this.outbox.assertRoom(context.tenantId);
    const { items, batch } = await this.parse(verb, context, bytes);
    const most = items.reduce((sum: number, item) => sum + verb.uses(item), 0);
    if (most > 1) this.outbox.assertRoom(context.tenantId, most);
    const attempts = await this.all(verb, context, items);
    const times = {
      hsmMicros: Math.round(attempts.reduce((sum, attempt) => sum + hsmMicrosOf(attempt), 0)),
      workerMicros: Math.round((performance.now() - start) * 1000),
    };
    return answerOf(attempts, batch, times);
  }

  /**
   * Runs all items, and once more those whose decision was outdated at the commit. The results of the others are kept and
   * committed with theirs, so that no result is released long after its own fence was checked.
   */
  private async all(verb: Verb, context: Context, items: readonly unknown[]): Promise<Attempt[]> {
    const attempt = (item: unknown): Promise<Attempt> => verb.attempt(context, item);
    const attempts = await inTurns(items, attempt);
    const outdated = await this.commit(attempts);
    if (outdated.size === 0) return this.stillInTime(verb, context, attempts);
    for (const { fence } of outdated) this.items.forget(fence);
    const isOutdated = (one: Attempt): boolean => usesOf(one).some((use) => outdated.has(use));
    const again = attempts.flatMap((one, index) => (isOutdated(one) ? [index] : []));
    const decided = await inTurns(again, (index) => attempt(items[index]));
    again.forEach((index, position) => {
      attempts[index] = decided[position] as Attempt;
    });
    return this.stillInTime(verb, context, await this.commitLast(verb, context, attempts));
  }

  /** Commits all attempts or none. @returns the uses whose fence no longer held */
  private async commit(attempts: readonly Attempt[]): Promise<ReadonlySet<Attempt>> {
    const outcomes = foldRefusals(attempts.flatMap(usesOf));
    const verdicts = await this.outcomes.commitAll(
      outcomes.map(({ event, attempts: [{ fence }] }) => ({ fence, event })),
    );
    return new Set(outcomes.flatMap((outcome, index) => (verdicts[index] === 'outdated' ? outcome.attempts : [])));
  }

  /**
   * Commits each outcome, or its refusal if its decision is outdated again. One event records all refusals of one fence. An item
   * of several uses is refused if one of them is: the others are on record as uses.
   */
  private async commitLast(verb: Verb, context: Context, attempts: readonly Attempt[]): Promise<Attempt[]> {
    const ended = new Map<Attempt, Attempt>();
    const fenced = Map.groupBy(foldRefusals(attempts.flatMap(usesOf)), ({ event, attempts: [{ fence }] }) =>
      nameOf(fence, event.operation),
    );
    await Promise.all(
      [...fenced.values()].map(async (outcomes) => {
        const mine = outcomes.flatMap((outcome) => outcome.attempts);
        const instead = refusedAttempt(verb, context, outdatedAgain(), mine.length);
        const [verdict] = await this.outcomes.commitEach(
          outcomes.map(({ event, attempts: [{ fence }] }, index) => ({
            fence,
            event,
            ...(index === 0 && { fallback: instead.event }),
          })),
        );
        if (verdict !== 'written') for (const one of mine) ended.set(one, instead);
      }),
    );
    return attempts.map((one) => usesOf(one).flatMap((use) => ended.get(use) ?? [])[0] ?? one);
  }

  /** Withholds results whose decision ended while they were committed. They are on record as uses, and so is this refusal. */
  private async stillInTime(verb: Verb, context: Context, attempts: readonly Attempt[]): Promise<Attempt[]> {
    const latest = this.clock.now() - releaseMs;
    const isLate = (one: Attempt): boolean =>
      one.error === undefined && usesOf(one).some(({ fence }) => fence.validity.until <= latest);
    const late = attempts.filter(isLate).length;
    if (late === 0) return [...attempts];
    const instead = refusedAttempt(verb, context, outdatedAgain(), late);
    await this.outcomes.commit(instead.fence, instead.event);
    return attempts.map((attempt) => (isLate(attempt) ? instead : attempt));
  }

  /** Parses the body. A body that cannot be parsed is an outcome too. */
  private async parse(verb: Verb, context: Context, bytes: Uint8Array): Promise<Items> {
    try {
      const request = parseJson(bytes);
      return isBatch(request)
        ? { items: validate(batchOf, request).items, batch: true }
        : { items: [request], batch: false };
    } catch (error) {
      const failed = asAnkaError(error);
      const { fence, event } = refusedAttempt(verb, context, failed);
      await this.outcomes.commit(fence, event);
      throw onRecord(failed);
    }
  }
}

/** The outcome of items that nothing was decided on. @param count the number of items */
const refusedAttempt = ({ name }: Verb, context: Context, error: AnkaError, count = 1): Attempt => ({
  fence: undecided(context.tenantId),
  event: auditEvent(context, {
    operation: eventName(name, context),
    failureCode: error.code,
    ...(count > 1 && { details: { count: String(count) } }),
  }),
  hsmMicros: 0,
  error,
});

const outdatedAgain = (): AnkaError =>
  new AnkaError('decision-outdated', 'The key or the policy changed twice while the request ran. Try again.');

const isBatch = (request: unknown): request is { items: unknown } =>
  typeof request === 'object' && request !== null && Object.hasOwn(request, 'items');

const answerOf = (
  attempts: readonly Attempt[],
  batch: boolean,
  times: Pick<ReplyHead, 'hsmMicros' | 'workerMicros'>,
): RawAnswer => {
  const said = { ...times, ...quotaOf(attempts) };
  const [only] = attempts;
  if (batch || only === undefined) return answered(attempts, said, { items: attempts.map(itemAnswer) });
  if (only.error !== undefined) return { head: { ok: false, error: failureOf(onRecord(only.error)), ...said } };
  return answered(attempts, said, only.body);
};

const answered = (
  attempts: readonly Attempt[],
  said: Pick<ReplyHead, 'hsmMicros' | 'workerMicros' | 'keyQuota'>,
  body: unknown,
): RawAnswer => ({
  head: { ok: true, ...said, ...noticeOf(attempts) },
  body: Buffer.from(JSON.stringify(body)),
});
