import { AnkaError, auditEvent, batchOf, type Context, failureOf, type ReplyHead } from '@ankasecure/contracts';
import { asAnkaError, Outbox, parseJson, type RawAnswer, validate } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { undecided } from '../outcome/fence.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { type Attempt, itemAnswer, noticeOf, quotaOf } from './attempt.js';
import { AttemptItem } from './attempt-item.js';
import { foldRefusals, type Outcome } from './fold-refusal.js';
import { inTurns } from './in-turns.js';
import { eventName } from './item-record.js';
import type { Operation } from './operation.js';

/** The items of a request, not yet validated one by one. */
interface Items {
  readonly items: readonly unknown[];
  readonly batch: boolean;
}

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
  ) {}

  async run<Item, Parsed>(operation: Operation<Item, Parsed>, context: Context, bytes: Uint8Array): Promise<RawAnswer> {
    const start = performance.now();
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

  /** Runs all items, then once more those whose decision was outdated at the commit. */
  private async all<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    items: readonly unknown[],
  ): Promise<Attempt[]> {
    const attempts = await this.attemptAll(operation, context, items);
    const outdated = attempts.flatMap((attempt, index) => (attempt === undefined ? [index] : []));
    if (outdated.length === 0) return attempts as Attempt[];
    const again = await this.attemptAll(
      operation,
      context,
      outdated.map((index) => items[index]),
    );
    outdated.forEach((index, position) => {
      attempts[index] = again[position];
    });
    const left = attempts.filter((attempt) => attempt === undefined).length;
    if (left === 0) return attempts as Attempt[];
    const given = await this.giveUp(operation, context, left);
    return attempts.map((attempt) => attempt ?? given);
  }

  /** @returns undefined for an item whose fence no longer held; its result is dropped */
  private async attemptAll<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    items: readonly unknown[],
  ): Promise<(Attempt | undefined)[]> {
    const attempts = await inTurns(items, (item) => this.items.attempt(operation, context, item));
    const outcomes = foldRefusals(attempts);
    this.outcomes.expect(outcomes.length);
    const outdated = new Set((await inTurns(outcomes, (outcome) => this.commit(outcome))).flat());
    return attempts.map((attempt) => (outdated.has(attempt) ? undefined : attempt));
  }

  /** @returns the attempts whose fence no longer held */
  private async commit({ event, attempts }: Outcome): Promise<readonly Attempt[]> {
    const [first] = attempts;
    if (first === undefined || (await this.outcomes.commit(first.fence, event))) return [];
    this.items.forget(first.fence);
    return attempts;
  }

  /** Gives up `count` items. One event records them. */
  private giveUp<Item, Parsed>(operation: Operation<Item, Parsed>, context: Context, count: number): Promise<Attempt> {
    const error = new AnkaError(
      'decision-outdated',
      'The key or the policy changed twice while the request ran. Try again.',
    );
    return this.fail(operation, context, error, count > 1 ? { count: String(count) } : {});
  }

  private async fail<Item, Parsed>(
    { name }: Operation<Item, Parsed>,
    context: Context,
    error: AnkaError,
    details: Readonly<Record<string, string>> = {},
  ): Promise<Attempt> {
    const fence = undecided(context.tenantId);
    const event = auditEvent(context, { operation: eventName(name, context), failureCode: error.code, details });
    await this.outcomes.commit(fence, event);
    return { fence, event, hsmMicros: 0, error };
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
      await this.fail(operation, context, failed);
      throw failed;
    }
  }
}

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
  if (only.error !== undefined) return { head: { ok: false, error: failureOf(only.error), ...said } };
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
