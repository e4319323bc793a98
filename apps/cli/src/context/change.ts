import { type Answer, type CallOf, type OperationId, operationTable } from '@ankasecure/sdk';
import type { Shown } from '../output/print.js';
import { CliError } from '../terminal/cli-error.js';
import type { Context } from './command-row.js';

/** An answer of 202: the policy wants a second person. */
const isWaiting = (status: number): boolean => status === 202;

/**
 * Calls an operation that changes something, or tries it with --dry-run.
 * @throws CliError `waiting` if a second person must approve it
 */
export const change = async <Id extends OperationId>(context: Context, id: Id, call: CallOf<Id>): Promise<Shown> => {
  const client = (await context.client()) as unknown as AnySecure;
  if (context.dryRun) {
    if (!operationTable[id].dryRun) throw new CliError('usage', 'This command has no dry run.');
    return { value: await client.dryRun(id, call) };
  }
  const { status, body } = await client.answer(id, call);
  if (!isWaiting(status)) return { value: body };
  const { id: approval } = body as { id: string };
  throw new CliError(
    'waiting',
    `The request waits for a second person, as approval ${approval}.`,
    `The other person runs: ankasecure approval approve ${approval}`,
  );
};

/** The client, for calls whose operation is known only when they are made. */
export interface AnySecure {
  answer(id: OperationId, call: object): Promise<Answer<unknown>>;
  dryRun(id: OperationId, call: object): Promise<unknown>;
  list(id: OperationId, call: object): AsyncIterable<unknown>;
}

/** Everything that a list holds, up to `limit` items. */
export const collect = async <Item>(items: AsyncIterable<Item>, limit: string | undefined): Promise<Item[]> => {
  const most = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  if (!(most > 0)) throw new CliError('usage', '--limit takes a number greater than 0.');
  const found: Item[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length >= most) break;
  }
  return found;
};

export const limitOption = { flags: '--limit <n>', about: 'Show at most this many', default: '50' } as const;
