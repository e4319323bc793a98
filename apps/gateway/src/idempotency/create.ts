import { hash, randomUUIDv7 } from 'node:crypto';
import type { Logger } from '@ankasecure/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOrWait } from '../approval/answer-or-wait.js';
import { type Answer, isFinal, sendAnswer } from '../route/answer.js';
import { ask, forward, type Handler, type Passing } from '../route/forward.js';
import { conditionOf } from '../route/precondition.js';
import { isDryRun, requestBody } from '../route/request-body.js';
import type { Route } from '../route/route.js';
import { standing } from '../route/standing.js';
import type { Claim, Idempotency } from './idempotency.js';
import { idempotencyKeyOf } from './idempotency-key.js';

/** A record outlives its request's deadline by this much before it counts as left behind, in milliseconds. */
const graceMs = 1000;

export interface Creation extends Passing {
  readonly idempotency: Idempotency;
  readonly log: Logger;
}

/** Passes a creating request on with the id of what it makes, once per Idempotency-Key. */
export const create = (parts: Creation, route: Route): Handler => {
  const askFor = async (
    request: FastifyRequest,
    reply: FastifyReply,
    body: Buffer,
    resourceId: string,
  ): Promise<{ readonly answer: Answer; readonly isLast: boolean }> => {
    const condition = conditionOf(route, request.headers['if-match']);
    const answered = await ask(parts, route, request, reply, body, { resourceId, ...condition });
    const answer = await answerOrWait(parts.approvals, route, request, { body, ...condition }, answered);
    return { answer, isLast: isFinal(answered) };
  };

  const rehearse = forward(parts, route);

  return async (request, reply) => {
    // What is not done is not remembered: the key stays free for the deed.
    if (isDryRun(request, route)) return rehearse(request, reply);
    const key = idempotencyKeyOf(request.headers['idempotency-key']);
    const body = requestBody(request, route);
    if (key === undefined) return sendAnswer(reply, (await askFor(request, reply, body, randomUUIDv7())).answer);
    const { tenantId, subject, issuer } = request.principal;
    // What one was answered is not for another who sends the same.
    const bodyHash = hash('sha256', Buffer.concat([Buffer.from(`${issuer}\0${subject}\0`), body]), 'buffer');
    const withinMs = route.withinMs + graceMs;
    const begun = await parts.idempotency.begin({ tenantId, key, route: route.operationId, bodyHash, withinMs });
    if ('status' in begun)
      return standing(request.principal, route, () => sendAnswer(reply.header('idempotency-replayed', 'true'), begun));
    const settle = settling(parts, begun, request.id);
    const { answer, isLast } = await askFor(request, reply, body, begun.resourceId).catch(async (error: unknown) => {
      await settle(undefined);
      throw error;
    });
    await settle(isLast ? answer : undefined);
    return sendAnswer(reply, answer);
  };
};

/** Keeps the last answer, or lets the next attempt in. The request itself is over by now, so a failure here changes nothing for it. */
const settling =
  ({ idempotency, log }: Creation, claim: Claim, correlationId: string) =>
  async (answer: Answer | undefined): Promise<void> => {
    try {
      await (answer === undefined ? idempotency.release(claim) : idempotency.finish(claim, answer));
    } catch (error) {
      log.error(
        { correlationId, reason: (error as Error).message },
        'an idempotency record stays in flight until its deadline',
      );
    }
  };
