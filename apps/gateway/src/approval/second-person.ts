import { parseJson, type RawReply, validate } from '@ankasecure/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf, isFinal, sendAnswer } from '../route/answer.js';
import { ask, contextOf, type Extra, type Handler, type Passing } from '../route/forward.js';
import { isDryRun, requestBody } from '../route/request-body.js';
import type { Route } from '../route/route.js';
import { standing, whileStanding } from '../route/standing.js';
import { answerWith } from './answer-or-wait.js';
import { type Approval, approveRequest, rejectRequest } from './approval.contract.js';
import { controlledRoute } from './controlled-route.js';
import type { Approved, Decisions, Rehearsed, Verdict } from './decisions.js';

export interface Deciding extends Passing {
  readonly decisions: Decisions;
}

const bodyOf = (request: FastifyRequest, route: Route): unknown => parseJson(requestBody(request, route));

/** Approves, and carries out what was approved as if the approver had asked for it: it is his rights that count now. */
export const approve =
  (parts: Deciding, route: Route): Handler =>
  async (request, reply) => {
    const isTried = isDryRun(request, route);
    const { id } = validate(approveRequest.contract.request, bodyOf(request, route));
    if (isTried) return tryApproval(parts, route, id, request, reply);
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

const rehearse = (
  { decisions }: Deciding,
  route: Route,
  id: string,
  request: FastifyRequest,
): Rehearsed | Promise<Rehearsed> =>
  whileStanding(request.principal, route, (principal) =>
    decisions.rehearse(contextOf(request, principal, route.withinMs), principal, id, route.decides as Verdict),
  );

/** Answers what the decision would come to; where it would be taken, what the deed would. */
const tryApproval = async (
  parts: Deciding,
  route: Route,
  id: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const { dryRun, approval } = await rehearse(parts, route, id, request);
  if (!dryRun.succeeds || approval === undefined) return sendAnswer(reply, answerWith(200, dryRun));
  const deed = controlledRoute(approval.operation);
  const answered = await ask(parts, deed, request, reply, Buffer.from(JSON.stringify(approval.request)), {
    ...asApproved(approval),
    dryRun: true,
  });
  return sendAnswer(reply, answerOf({ ...deed, status: 200 }, answered, request.id));
};

/** What the service is told of an approval, besides the request. */
const asApproved = ({ id, requestedBy, ifMatch }: Approval): Extra => ({
  ...(ifMatch !== null && { ifMatch }),
  approval: { id, requestedBy },
});

/** @returns the deed's reply; unless it is the last one, the approval may be given again */
const carryOut = async (
  parts: Deciding,
  deed: Route,
  approved: Approved,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<RawReply> => {
  const { approval } = approved;
  let isLast = false;
  try {
    const answered = await ask(parts, deed, request, reply, Buffer.from(JSON.stringify(approval.request)), {
      ...(deed.idempotent && { resourceId: approval.id }),
      ...asApproved(approval),
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
    const isTried = isDryRun(request, route);
    const { id, reason } = validate(rejectRequest.contract.request, bodyOf(request, route));
    if (isTried) return sendAnswer(reply, answerWith(200, (await rehearse(parts, route, id, request)).dryRun));
    const rejected = await whileStanding(request.principal, route, (principal) =>
      parts.decisions.reject(principal, id, reason, request.id),
    );
    return standing(request.principal, route, () => sendAnswer(reply, answerWith(200, rejected)));
  };
