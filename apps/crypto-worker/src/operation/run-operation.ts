import { AnkaError, auditEvent, batchOf, type Context, failureOf, type ReplyHead } from '@ankasecure/contracts';
import { asAnkaError, Outbox, parseJson, type RawAnswer, validate } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { undecided } from '../outcome/fence.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { type Attempt, itemAnswer, noticeOf, quotaOf } from './attempt.js';
import { AttemptItem } from './attempt-item.js';
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
    this.outbox.assertRoom();
    const { items, batch } = await this.parse(operation, context, bytes);
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
    return Promise.all(attempts.map(async (attempt) => attempt ?? this.giveUp(operation, context)));
  }

  /** @returns undefined for an item whose fence no longer held; its result is dropped */
  private async attemptAll<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    items: readonly unknown[],
  ): Promise<(Attempt | undefined)[]> {
    const attempts = await inTurns(items, (item) => this.items.attempt(operation, context, item));
    this.outcomes.expect(attempts.length);
    return inTurns(attempts, async (attempt) => {
      if (await this.outcomes.commit(attempt.fence, attempt.event)) return attempt;
      this.items.forget(attempt.fence);
      return undefined;
    });
  }

  private giveUp<Item, Parsed>(operation: Operation<Item, Parsed>, context: Context): Promise<Attempt> {
    const error = new AnkaError(
      'decision-outdated',
      'The key or the policy changed twice while the request ran. Try again.',
    );
    return this.fail(operation, context, error);
  }

  private async fail<Item, Parsed>(
    { name }: Operation<Item, Parsed>,
    context: Context,
    error: AnkaError,
  ): Promise<Attempt> {
    const fence = undecided(context.tenantId);
    const event = auditEvent(context, { operation: eventName(name, context), failureCode: error.code });
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
