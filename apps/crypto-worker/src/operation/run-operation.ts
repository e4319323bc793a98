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
import { type Attempt, itemAnswer, noticeOf, quotaOf } from './attempt.js';
import { AttemptItem } from './attempt-item.js';
import { foldRefusals } from './fold-refusal.js';
import { inTurns } from './in-turns.js';
import { eventName } from './item-record.js';
import type { Operation } from './operation.js';

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

  async run<Item, Parsed>(operation: Operation<Item, Parsed>, context: Context, bytes: Uint8Array): Promise<RawAnswer> {
    const start = performance.now();
    this.clock.assertAgrees();
    this.outbox.assertRoom(context.tenantId);
    const { items, batch } = await this.parse(operation, context, bytes);
    if (batch) this.outbox.assertRoom(context.tenantId, items.length);
    const attempts = await this.all(operation, context, items);
    const times = {
      hsmMicros: Math.round(attempts.reduce((sum, { hsmMicros }) => sum + hsmMicros, 0)),
      workerMicros: Math.round((performance.now() - start) * 1000),
    };
    return answerOf(attempts, batch, times);
  }

  /**
   * Runs all items, and once more those whose decision was outdated at the commit. The results of the others are kept and
   * committed with theirs, so that no result is released long after its own fence was checked.
   */
  private async all<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    items: readonly unknown[],
  ): Promise<Attempt[]> {
    const attempt = (item: unknown): Promise<Attempt> => this.items.attempt(operation, context, item);
    const attempts = await inTurns(items, attempt);
    const outdated = await this.commit(attempts);
    if (outdated.size === 0) return this.stillInTime(operation, context, attempts);
    for (const { fence } of outdated) this.items.forget(fence);
    const again = attempts.flatMap((one, index) => (outdated.has(one) ? [index] : []));
    const decided = await inTurns(again, (index) => attempt(items[index]));
    again.forEach((index, position) => {
      attempts[index] = decided[position] as Attempt;
    });
    return this.stillInTime(operation, context, await this.commitLast(operation, context, attempts));
  }

  /** Commits all attempts or none. @returns those whose fence no longer held */
  private async commit(attempts: readonly Attempt[]): Promise<ReadonlySet<Attempt>> {
    const outcomes = foldRefusals(attempts);
    const verdicts = await this.outcomes.commitAll(
      outcomes.map(({ event, attempts: [{ fence }] }) => ({ fence, event })),
    );
    return new Set(outcomes.flatMap((outcome, index) => (verdicts[index] === 'outdated' ? outcome.attempts : [])));
  }

  /** Commits each outcome, or its refusal if its decision is outdated again. One event records all refusals of one fence. */
  private async commitLast<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    attempts: readonly Attempt[],
  ): Promise<Attempt[]> {
    const ended = new Map<Attempt, Attempt>();
    const fenced = Map.groupBy(foldRefusals(attempts), ({ event, attempts: [{ fence }] }) =>
      nameOf(fence, event.operation),
    );
    await Promise.all(
      [...fenced.values()].map(async (outcomes) => {
        const mine = outcomes.flatMap((outcome) => outcome.attempts);
        const instead = refusedAttempt(operation, context, outdatedAgain(), mine.length);
        const [verdict] = await this.outcomes.commitEach(
          outcomes.map(({ event, attempts: [{ fence }] }, index) => ({
            fence,
            event,
            ...(index === 0 && { fallback: instead.event }),
          })),
        );
        for (const one of mine) ended.set(one, verdict === 'written' ? one : instead);
      }),
    );
    return attempts.map((one) => ended.get(one) ?? one);
  }

  /** Withholds results whose decision ended while they were committed. They are on record as uses, and so is this refusal. */
  private async stillInTime<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    attempts: readonly Attempt[],
  ): Promise<Attempt[]> {
    const latest = this.clock.now() - releaseMs;
    const isLate = ({ error, fence }: Attempt): boolean => error === undefined && fence.validity.until <= latest;
    const late = attempts.filter(isLate).length;
    if (late === 0) return [...attempts];
    const instead = refusedAttempt(operation, context, outdatedAgain(), late);
    await this.outcomes.commit(instead.fence, instead.event);
    return attempts.map((attempt) => (isLate(attempt) ? instead : attempt));
  }

  /** Parses the body. A body that cannot be parsed is an outcome too. */
  private async parse<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    bytes: Uint8Array,
  ): Promise<Items> {
    try {
      const request = parseJson(bytes);
      return isBatch(request)
        ? { items: validate(batchOf, request).items, batch: true }
        : { items: [request], batch: false };
    } catch (error) {
      const failed = asAnkaError(error);
      const { fence, event } = refusedAttempt(operation, context, failed);
      await this.outcomes.commit(fence, event);
      throw onRecord(failed);
    }
  }
}

/** The outcome of items that nothing was decided on. @param count the number of items */
const refusedAttempt = (
  { name }: Pick<Operation<never, never>, 'name'>,
  context: Context,
  error: AnkaError,
  count = 1,
): Attempt => ({
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
