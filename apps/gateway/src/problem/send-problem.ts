import { errors } from '@ankasecure/contracts';
import type { Logger } from '@ankasecure/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { challengeTo, type Failure, problemHeaders, problemOf } from './problem.js';
import { asRefusal } from './refusal.js';

/** A `retry-after` that the reply or the failure already has stays. */
export const sendProblem = (reply: FastifyReply, failure: Failure): FastifyReply => {
  const body = problemOf(failure, reply.request);
  const known = reply.getHeader('retry-after') ?? failure.retryAfterSeconds;
  return reply
    .code(body.status)
    .headers({
      ...problemHeaders(failure.code),
      ...(failure.code === 'authentication-required' && {
        'www-authenticate': challengeTo(reply.request.headers.authorization),
      }),
      ...(known !== undefined && { 'retry-after': known }),
    })
    .send(Buffer.from(JSON.stringify(body)));
};

/** Turns every thrown error into an answer. Internal errors, and errors with a cause, are logged. */
export const errorHandler =
  (log: Logger) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = asRefusal(error, request.raw);
    if (refusal.cause instanceof Error || errors[refusal.code].status === 500) {
      const { stack } = refusal.cause instanceof Error ? refusal.cause : refusal;
      log.error({ correlationId: request.id, code: refusal.code, reason: stack }, 'request failed');
    }
    void sendProblem(reply, refusal);
  };
