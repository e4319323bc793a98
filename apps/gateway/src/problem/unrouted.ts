import type { ErrorCode } from '@ankasecure/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asRefusal } from './refusal.js';

declare module 'fastify' {
  interface FastifyInstance {
    unrouted: Unrouted;
  }
}

/** Puts refusals of requests without a route on record. The routes say how when they are registered. */
export interface Unrouted {
  /** @returns undefined if there is nothing to record. It rejects if the refusal cannot be recorded */
  record: (request: FastifyRequest, code: ErrorCode) => Promise<void> | undefined;
}

type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** Answers the refusal of a request without a route after it was recorded. A route's own error handler records its refusals. */
export const afterRecord =
  (unrouted: Unrouted, answer: ErrorHandler): ErrorHandler =>
  (error, request, reply) => {
    const noted = unrouted.record(request, asRefusal(error, request.raw).code);
    if (noted === undefined) return answer(error, request, reply);
    void noted.then(
      () => answer(error, request, reply),
      (unrecorded: unknown) => answer(unrecorded, request, reply),
    );
  };
