import { type ErrorCode, errors } from '@ankasecure/contracts';
import { expect } from 'vitest';
import type { Reply } from './client.js';

const words = expect.stringMatching(/./) as unknown;
const refusal = { rule: words, source: words, reasons: expect.arrayContaining([expect.anything()]) as unknown };

/** A problem (RFC 9457) with a code of the table and no other members, except the reasons of a policy refusal. */
export const expectProblem = (reply: Reply, code: ErrorCode): void => {
  const { status, title } = errors[code];
  expect(reply.body, reply.text.slice(0, 300)).toEqual({
    type: `/problems/${code}`,
    title,
    status,
    detail: words,
    code,
    correlationId: reply.correlationId,
    ...(code === 'policy-refused' && refusal),
  });
  expect(reply.status).toBe(status);
  expect(reply.headers.get('content-type')).toBe('application/problem+json');
};
