import type { Problem } from '../error/anka-secure-error.js';
import { ConnectionError, errorOf } from '../error/families.js';
import type { Schemas } from '../operation/operation.js';
import { mayRepeat, pauseOf, type RetryRule } from '../transport/retry.js';
import { type TimeLimit, timeLimit } from '../transport/time-limit.js';
import { wait } from '../transport/wait.js';
import { Gather, type GatherLimits } from './gather.js';

/** The operations on items, one or many in a request. */
export interface ItemOperations {
  encrypt: { item: Schemas['EncryptRequest']; result: Schemas['EncryptResult'] };
  decrypt: { item: Schemas['DecryptRequest']; result: Schemas['DecryptResult'] };
  sign: { item: Schemas['SignRequest']; result: Schemas['SignResult'] };
  verify: { item: Schemas['VerifyRequest']; result: Schemas['VerifyResult'] };
}
export type ItemOperation = keyof ItemOperations;

/** An item's result or failure, and the request that it was in. */
interface Told<Result> {
  readonly outcome: Result | { readonly error: Problem };
  readonly correlationId: string | undefined;
}

/** One caller's item, and how long it waits. */
interface Asked<Item> {
  readonly item: Item;
  readonly limit: TimeLimit;
}

/** Sends one request of the operation: an item alone, or several. @returns its body and its correlation id */
export type SendBody = (
  body: unknown,
  options: Required<ItemCallOptions>,
) => Promise<{ readonly body: unknown; readonly correlationId: string | undefined }>;

export interface ItemCallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

const isFailure = (outcome: object): outcome is { readonly error: Problem } => 'error' in outcome;

/** The characters of an item's data, which are nearly all of its JSON. */
const sizeOf = (item: object): number =>
  Object.values(item).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length + 16 : 16), 0);

/** One operation on items. Items of concurrent callers share requests. */
export class ItemCalls<Name extends ItemOperation> {
  private readonly gather: Gather<Asked<ItemOperations[Name]['item']>, Told<ItemOperations[Name]['result']>>;

  constructor(
    private readonly send: SendBody,
    private readonly retry: RetryRule,
    private readonly timeoutMs: number,
    limits: GatherLimits,
  ) {
    this.gather = new Gather(
      (asked, signal) => this.request(asked, signal),
      ({ item }) => sizeOf(item),
      limits,
    );
  }

  /** @throws AnkaSecureError as the item alone would get it; the reason of the signal */
  async run(
    item: ItemOperations[Name]['item'],
    { signal, timeoutMs = this.timeoutMs }: ItemCallOptions = {},
  ): Promise<ItemOperations[Name]['result']> {
    // The item is sent later. What its caller does with it meanwhile is for the caller's next call.
    const own = structuredClone(item);
    const limit = timeLimit(timeoutMs, signal);
    try {
      for (let attempt = 1; ; attempt++) {
        const { outcome, correlationId } = await this.gather.add({ item: own, limit }, limit.signal);
        if (!isFailure(outcome)) return outcome;
        const error = errorOf(outcome.error, { correlationId });
        const pause = pauseOf(attempt, this.retry);
        if (attempt >= this.retry.attempts || !mayRepeat(error, 'harmless') || pause >= limit.left()) throw error;
        await wait(pause, limit.signal);
      }
    } finally {
      limit.end();
    }
  }

  private async request(
    asked: readonly Asked<ItemOperations[Name]['item']>[],
    signal: AbortSignal,
  ): Promise<readonly Told<ItemOperations[Name]['result']>[]> {
    type Outcome = Told<ItemOperations[Name]['result']>['outcome'];
    const items = asked.map(({ item }) => item);
    // The request has the time of the most patient caller. The others leave it when theirs is over.
    const timeoutMs = Math.ceil(Math.max(...asked.map(({ limit }) => limit.left())));
    const { body, correlationId } = await this.send(items.length === 1 ? items[0] : { items }, { signal, timeoutMs });
    const outcomes = items.length === 1 ? [body as Outcome] : (body as { items?: Outcome[] }).items;
    if (outcomes?.length !== items.length)
      throw new ConnectionError(
        'answer-unreadable',
        `The answer has ${outcomes?.length ?? 0} results for ${items.length} items.`,
        { correlationId },
      );
    return outcomes.map((outcome) => ({ outcome, correlationId }));
  }
}
