import { hash } from 'node:crypto';
import { newId } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Claim, Idempotency } from '../idempotency/idempotency.js';
import { idempotencyKeyOf } from '../idempotency/idempotency-key.js';
import { identityOf } from '../idempotency/request-identity.js';
import { type Answer, isRefusal, sendAnswer } from '../route/answer.js';
import { conditionOf } from '../route/precondition.js';
import { isDryRun, requestBody } from '../route/request-body.js';
import type { Route } from '../route/route.js';
import type { Exchange, Handler } from '../route/service-request.js';
import { standing } from '../route/standing.js';
import { AnswerOrWait, type SentRequest } from './answer-or-wait.js';
import { Forward } from './forward.js';
import { RecordedRequest } from './recorded-request.js';

const nameOf = ({ principal: { issuer, subject } }: FastifyRequest): Buffer => Buffer.from(`${issuer}\0${subject}\0`);

/** The owner of an Idempotency-Key. */
const callerOf = (request: FastifyRequest): Buffer => hash('sha256', nameOf(request), 'buffer');

/** Forwards a creating request with the id of the new resource, once per Idempotency-Key. */
@Injectable()
export class Create {
  constructor(
    private readonly services: RecordedRequest,
    private readonly waits: AnswerOrWait,
    private readonly forward: Forward,
    private readonly idempotency: Idempotency,
    private readonly log: Logger,
  ) {}

  handlerFor(route: Route): Handler {
    const dryRun = this.forward.handlerFor(route);
    return async (request, reply) => {
      const key = idempotencyKeyOf(request.headers['idempotency-key']);
      // A dry run is not stored, so the key stays free for the request itself.
      if (isDryRun(request, route)) return dryRun(request, reply);
      const sent = { ...conditionOf(route, request.headers), body: requestBody(request, route) };
      const exchange = { route, request, reply };
      if (key !== undefined) return this.once(exchange, key, sent);
      return sendAnswer(reply, await this.send(exchange, sent, newId()));
    };
  }

  /** Returns the stored answer, or makes the attempt that the key allows. */
  private async once(exchange: Exchange, key: string, sent: SentRequest): Promise<FastifyReply> {
    const { route, request, reply } = exchange;
    const begun = await this.idempotency.begin({
      tenantId: request.principal.tenantId,
      caller: callerOf(request),
      key,
      route: route.operationId,
      bodyHash: identityOf({ ...sent, caller: nameOf(request) }),
    });
    if ('status' in begun)
      return standing(request.principal, route, () => sendAnswer(reply.header('idempotency-replayed', 'true'), begun));
    const answered = this.idempotency.holding(begun, () => this.send(exchange, sent, begun.resourceId));
    const answer = await answered.catch(async (error: unknown) => {
      await this.settle(begun, undefined, request.id);
      throw error;
    });
    await this.settle(begun, isRefusal(answer) ? undefined : answer, request.id);
    return sendAnswer(reply, answer);
  }

  private async send(exchange: Exchange, sent: SentRequest, resourceId: string): Promise<Answer> {
    const { route, request } = exchange;
    const { body, ...condition } = sent;
    const answered = await this.services.send(exchange, body, { resourceId, ...condition });
    return this.waits.answer(route, request, sent, answered);
  }

  /** Stores the answer to what was done, or lets another attempt begin. The request itself is over, so a failure here does not change its answer. */
  private async settle(claim: Claim, answer: Answer | undefined, correlationId: string): Promise<void> {
    try {
      await (answer === undefined ? this.idempotency.release(claim) : this.idempotency.finish(claim, answer));
    } catch (error) {
      this.log.error(
        { correlationId, reason: (error as Error).message },
        'an idempotency record stays in flight until its lease ends',
      );
    }
  }
}
