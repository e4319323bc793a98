import { parseJson, type RawReply, validate } from '@ankasecure/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf, isFinal, sendAnswer } from '../route/answer.js';
import { ask, type Handler, type Passing } from '../route/forward.js';
import { isDryRun, requestBody } from '../route/request-body.js';
import type { Route } from '../route/route.js';
import { standing, whileStanding } from '../route/standing.js';
import { answerWith } from './answer-or-wait.js';
import { approveRequest, rejectRequest } from './approval.contract.js';
import { controlledRoute } from './controlled-route.js';
import type { Approved, Decisions } from './decisions.js';

export interface Deciding extends Passing {
  readonly decisions: Decisions;
}

/** @throws AnkaError `request-invalid` for a dry run, as for any other query: what was only to be tried is not decided */
const bodyOf = (request: FastifyRequest, route: Route): unknown => {
  isDryRun(request, route);
  return parseJson(requestBody(request, route));
};

/** Approves, and carries out what was approved as if the approver had asked for it: it is his rights that count now. */
export const approve =
  (parts: Deciding, route: Route): Handler =>
  async (request, reply) => {
    const { id } = validate(approveRequest.contract.request, bodyOf(request, route));
    const approved = await whileStanding(request.principal, route, (principal) =>
      parts.decisions.approve(principal, id, request.id),
    );
    const { approval } = approved;
    if (approval.outcome !== null)
      return standing(request.principal, route, () => sendAnswer(reply, answerWith(200, approval)));
    const deed = controlledRoute(approval.operation);
    const answered = await carryOut(parts, deed, approved, request, reply);
    const answer = answerOf(deed, answered, request.id);
    if (!isFinal(answered)) return sendAnswer(reply, answer);
    const body = JSON.parse(answer.body.toString()) as unknown;
    return sendAnswer(
      reply,
      answerWith(200, await parts.decisions.conclude(approved, { status: answer.status, body })),
    );
  };

/** @returns the deed's reply; unless it is the last one, the approval may be given again */
const carryOut = async (
  parts: Deciding,
  deed: Route,
  approved: Approved,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<RawReply> => {
  const { approval } = approved;
  const { id, requestedBy, ifMatch } = approval;
  let isLast = false;
  try {
    const answered = await ask(parts, deed, request, reply, Buffer.from(JSON.stringify(approval.request)), {
      ...(deed.idempotent && { resourceId: id }),
      ...(ifMatch !== null && { ifMatch }),
      approval: { id, requestedBy },
    });
    isLast = isFinal(answered);
    return answered;
  } finally {
    if (!isLast) await parts.decisions.release(approved);
  }
};

export const reject =
  (parts: Deciding, route: Route): Handler =>
  async (request, reply) => {
    const { id, reason } = validate(rejectRequest.contract.request, bodyOf(request, route));
    const rejected = await whileStanding(request.principal, route, (principal) =>
      parts.decisions.reject(principal, id, reason, request.id),
    );
    return standing(request.principal, route, () => sendAnswer(reply, answerWith(200, rejected)));
  };
