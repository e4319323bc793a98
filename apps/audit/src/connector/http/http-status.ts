import type { Outcome } from '../connector.js';
import { wordsOf } from './exchange.js';
import type { HttpAnswer } from './http-sender.js';
import { retryAfterMs } from './retry-after.js';

/** The statuses that pass by themselves, besides those of a server's fault. */
const passing = new Set([408, 425, 429]);

/** Too much at once: a smaller batch may pass. */
const tooLarge = 413;

/**
 * The outcome of an answer by its status alone, for what a receiver does not say in its own words. What is neither success, nor passes,
 * nor is too large, is for a person to mend: a redirect, a wrong path, a refused login. It never makes dead letters.
 */
export const outcomeOfStatus = (answer: HttpAnswer, now: number): Outcome => {
  const { status } = answer;
  const reason = wordsOf(answer);
  if (status >= 200 && status < 300) return { result: 'delivered' };
  if (status >= 500 || passing.has(status)) return { result: 'retry', reason, retryAfterMs: retryAfterMs(answer, now) };
  return { result: status === tooLarge ? 'poison' : 'pause', reason };
};
