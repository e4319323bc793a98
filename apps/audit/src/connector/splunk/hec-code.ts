import { z } from 'zod';
import type { Outcome } from '../connector.js';
import { jsonOf, wordsOf } from '../http/exchange.js';
import type { HttpAnswer } from '../http/http-sender.js';
import { outcomeOfStatus } from '../http/http-status.js';
import { retryAfterMs } from '../http/retry-after.js';

/**
 * What the codes of Splunk's HTTP Event Collector mean for a delivery ("Troubleshoot HTTP Event Collector: possible error codes").
 * 0 is success; everything that is not here counts by its HTTP status.
 */
export const hecCodes = {
  1: 'pause', // Token disabled
  2: 'pause', // Token is required
  3: 'pause', // Invalid authorization
  4: 'pause', // Invalid token
  5: 'poison', // No data
  6: 'poison', // Invalid data format
  7: 'pause', // Incorrect index
  8: 'retry', // Internal server error
  9: 'retry', // Server is busy
  10: 'pause', // Data channel is missing
  11: 'pause', // Invalid data channel
  12: 'poison', // Event field is required
  13: 'poison', // Event field cannot be blank
  14: 'pause', // Acknowledgement is disabled
  15: 'poison', // Error in handling indexed fields
  16: 'pause', // Query string authorization is not enabled
  18: 'retry', // Queues are full
  19: 'retry', // Acknowledgement channels are full
  20: 'retry', // Both are full
  21: 'pause', // Invalid token in a metric
  22: 'pause', // Token with a filter
} as const satisfies Record<number, 'retry' | 'pause' | 'poison'>;

const hecReply = z.object({
  code: z.number(),
  ackId: z.number().int().nonnegative().optional(),
  'invalid-event-number': z.number().int().nonnegative().optional(),
});

/** An accepted batch: it waits in the collector's queue, under a number if it will be acknowledged. */
export interface Accepted {
  readonly result: 'accepted';
  readonly ackId: number | undefined;
}

const isKnown = (code: number): code is keyof typeof hecCodes => Object.hasOwn(hecCodes, code);

/** What an answer of the collector says about a batch. */
export const outcomeOfHec = (answer: HttpAnswer, now: number): Outcome | Accepted => {
  const { success, data } = hecReply.safeParse(jsonOf(answer.text));
  const reason = wordsOf(answer);
  if (answer.status === 200) {
    if (success && data.code === 0) return { result: 'accepted', ackId: data.ackId };
    return { result: 'retry', reason: `The answer is not one of an HTTP Event Collector. ${reason}` };
  }
  if (!success || !isKnown(data.code)) return outcomeOfStatus(answer, now);
  const result = hecCodes[data.code];
  if (result === 'retry') return { result, reason, retryAfterMs: retryAfterMs(answer, now) };
  return result === 'poison' ? { result, reason, at: data['invalid-event-number'] } : { result, reason };
};
