import type { Context } from '@ankasecure/contracts';
import type { Attempt } from './attempt.js';
import type { AttemptItem } from './attempt-item.js';
import type { Operation } from './operation.js';

/** A crypto route: its name, and how it attempts one item of a request. */
export interface Verb {
  readonly name: string;
  /** The most uses of keys that an item takes, which is not checked yet. Each is an outcome of its own. */
  uses(item: unknown): number;
  /** Never rejects: a refusal is an outcome. */
  attempt(context: Context, item: unknown): Promise<Attempt>;
}

/** The route of an operation that uses one key. */
export const verbOf = <Item, Parsed>(items: AttemptItem, operation: Operation<Item, Parsed>): Verb => ({
  name: operation.within ?? operation.name,
  uses: () => 1,
  attempt: (context, item) => items.attempt(operation, context, item),
});
