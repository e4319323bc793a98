import { AnkaError, type DryRun, type Preconditions } from '@ankasecure/contracts';
import type { RawReply } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Approval } from '../approval/approval.contract.js';
import { ApprovalRequests } from '../approval/approval-requests.js';
import { type Answer, answerOf } from '../route/answer.js';
import { basePath, type Route } from '../route/route.js';
import { standing, whileStanding } from '../route/standing.js';

/** The request that was sent to the service. */
export interface SentRequest extends Preconditions {
  readonly body: Buffer;
}

export const answerWith = (status: 200 | 202, body: Approval | DryRun): Answer => ({
  status,
  headers: {
    'content-type': 'application/json',
    ...(status === 202 && 'id' in body && { location: `${basePath}/approvals/${body.id}` }),
  },
  body: Buffer.from(JSON.stringify(body)),
});

/** Turns a service's reply into an answer. If the reply requires a second person, the request is stored and waits. */
@Injectable()
export class AnswerOrWait {
  constructor(private readonly requests: ApprovalRequests) {}

  /**
   * Stores the request for the present revision, even if its caller named none. Nobody can approve a state that they could
   * not read.
   */
  async answer(
    route: Route,
    request: FastifyRequest,
    { body, ifMatch }: SentRequest,
    reply: RawReply,
  ): Promise<Answer> {
    const { principal } = request;
    if (route.controlled !== true || reply.head.ok || reply.head.error.code !== 'approval-required')
      return answerOf(route, reply, request);
    const named = typeof ifMatch === 'number' ? ifMatch : undefined;
    const refused = { operation: route.operationId, body, ifMatch: reply.head.revision ?? named };
    if (refused.ifMatch === undefined && route.conditional !== undefined) throw new AnkaError('internal-error');
    const approval = await whileStanding(principal, route, (now) => this.requests.keep(now, refused, request));
    return standing(principal, route, () => answerWith(202, approval));
  }
}
