import { z } from 'zod';
import type { Outcome } from '../connector.js';
import { jsonOf, wordsOf } from '../http/exchange.js';
import type { HttpAnswer } from '../http/http-sender.js';
import { outcomeOfStatus } from '../http/http-status.js';

/** Counts are int64, which JSON may have as a text. */
const reply = z.object({
  partialSuccess: z
    .object({ rejectedLogRecords: z.union([z.string(), z.number()]).default(0), errorMessage: z.string().default('') })
    .nullish(),
});

/**
 * What an answer of an OTLP receiver means (the protocol's "OTLP/HTTP Response"). A partial success does not say which records were
 * refused: the batch is halved until one is left. Its others arrive again, with the same `log.record.uid`.
 */
export const outcomeOfOtlp = (answer: HttpAnswer, now: number): Outcome => {
  const { status } = answer;
  // The data is refused, not the sender: receivers answer so for a body that is too large, too.
  if (status === 400) return { result: 'poison', reason: wordsOf(answer) };
  if (status !== 200) return outcomeOfStatus(answer, now);
  const read = reply.safeParse(jsonOf(answer.text));
  if (!read.success) return { result: 'retry', reason: `The answer is not one of OTLP. ${wordsOf(answer)}` };
  const { rejectedLogRecords = 0, errorMessage = '' } = read.data.partialSuccess ?? {};
  if (Number(rejectedLogRecords) === 0) return { result: 'delivered' };
  return { result: 'poison', reason: `The receiver has refused ${rejectedLogRecords} records. ${errorMessage}` };
};
