import { z } from 'zod';
import type { ItemOutcome, Outcome } from '../connector.js';
import { jsonOf, wordsOf } from '../http/exchange.js';
import type { HttpAnswer } from '../http/http-sender.js';
import { outcomeOfStatus } from '../http/http-status.js';

/** Errors of one document that are about this document. Every other error of status 400 is about the index. */
const ofDocument = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
  'illegal_argument_exception',
]);

/** What an item's status means. 409: the document is there already. */
const statuses: Readonly<Record<number, ItemOutcome['result']>> = {
  200: 'delivered',
  201: 'delivered',
  409: 'delivered',
  429: 'retry',
};

const item = z.object({
  status: z.number(),
  error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
  failure_store: z.string().optional(),
});
const reply = z.object({ items: z.array(z.object({ create: item })) });

const resultOf = ({ status, error, failure_store: store }: z.infer<typeof item>): ItemOutcome => {
  const reason = `${error?.type ?? 'status'} ${status}: ${error?.reason ?? ''}`;
  // It is kept where nobody looks for it.
  if (store === 'used') return { result: 'poison', reason: `The cluster has put it into its failure store. ${reason}` };
  const known = statuses[status];
  if (known === 'delivered') return { result: known };
  if (known !== undefined || status >= 500) return { result: known ?? 'retry', reason };
  return { result: status === 400 && ofDocument.has(error?.type ?? '') ? 'poison' : 'pause', reason };
};

/** What the answer of `_bulk` says about a batch of `size` documents. A batch that is taken is answered for document by document. */
export const outcomeOfBulk = (answer: HttpAnswer, size: number, now: number): Outcome => {
  if (answer.status !== 200) return outcomeOfStatus(answer, now);
  const read = reply.safeParse(jsonOf(answer.text));
  if (!read.success || read.data.items.length !== size)
    return { result: 'retry', reason: `The answer is not one of _bulk. ${wordsOf(answer)}` };
  return { result: 'items', items: read.data.items.map(({ create }) => resultOf(create)) };
};
