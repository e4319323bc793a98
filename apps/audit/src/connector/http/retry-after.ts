import type { HttpAnswer } from './http-sender.js';

/**
 * The wait that an answer asks for (RFC 9110 §10.2.3), in milliseconds: seconds, or a date. A date counts from the answer's own, since the
 * receiver's clock has written both.
 * @param now milliseconds since the epoch, for an answer without a date
 * @returns undefined if it asks for none
 */
export const retryAfterMs = ({ headers }: Pick<HttpAnswer, 'headers'>, now: number): number | undefined => {
  const asked = headers['retry-after'];
  if (asked === undefined) return undefined;
  if (/^\d{1,9}$/.test(asked)) return Number(asked) * 1000;
  const until = Date.parse(asked);
  const from = Date.parse(headers.date ?? '');
  return Number.isNaN(until) ? undefined : Math.max(0, until - (Number.isNaN(from) ? now : from));
};
