import { isDryRun as isDryRunResult, parseJson, type RawReply, validate } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Approval, approveRequest, rejectRequest } from '../approval/approval.contract.js';
import { ControlledRoutes } from '../approval/controlled-route.js';
import { type ApprovedRequest, type Decider, Decisions, type Verdict } from '../approval/decisions.js';
import type { Principal } from '../auth/principal.js';
import { type Problem, problemHeaders } from '../problem/problem.js';
import { type Answer, answerOf, isFinal, isRefusal, sendAnswer } from '../route/answer.js';
import { conditionOf } from '../route/precondition.js';
import { isDryRun, requestBody } from '../route/request-body.js';
import type { Route } from '../route/route.js';
import { contextOf, type Exchange, type ExtraContext, type Handler } from '../route/service-request.js';
import { standing, whileStanding } from '../route/standing.js';
import { answerWith } from './answer-or-wait.js';
import { RecordedRequest } from './recorded-request.js';

const bodyOf = (request: FastifyRequest, route: Route): unknown => parseJson(requestBody(request, route));

const deciderOf = ({ route, request }: Exchange, principal: Principal): Decider => {
  const context = contextOf(request, principal, route.withinMs);
  return { context: isDryRun(request, route) ? { ...context, dryRun: true } : context, principal };
};

/** The additional data of an approval that the service receives. */
const approvedContext = ({ id, requestedBy, requestedByIssuer, ifMatch }: Approval): ExtraContext => ({
  ...(ifMatch !== null && { ifMatch }),
  approval: { id, requestedBy, requestedByIssuer },
});

/** An approval is for one attempt: what a refusal advises its caller to repeat, nobody can repeat by approving again. */
const ended = 'The request was approved and then refused, which ends it. Make a new request for approval. The refusal:';

/** The answer to an approval: the request with its outcome. If the operation was refused, the refusal is the answer, as on its own route. */
const outcomeAnswer = (approval: Approval, correlationId: string): Answer => {
  const { outcome } = approval;
  if (outcome === null || outcome.status < 400) return answerWith(200, approval);
  const told = outcome.body as Problem;
  const refusal = { ...told, detail: `${ended} ${told.detail}`, correlationId };
  return {
    status: outcome.status,
    headers: problemHeaders(refusal.code),
    body: Buffer.from(JSON.stringify(refusal)),
  };
};

const requestOf = (approval: Approval): Buffer => Buffer.from(JSON.stringify(approval.request));

/** Decides requests for approval, and carries out an approved request with the approver's rights. */
@Injectable()
export class SecondPerson {
  constructor(
    private readonly services: RecordedRequest,
    private readonly decisions: Decisions,
    private readonly controlled: ControlledRoutes,
  ) {}

  handlerFor(route: Route, verdict: Verdict): Handler {
    return async (request, reply) => {
      // A request for approval has no ETag.
      conditionOf(route, request.headers);
      return this[verdict]({ route, request, reply });
    };
  }

  private async approve(exchange: Exchange): Promise<FastifyReply> {
    const { route, request, reply } = exchange;
    const { id } = validate(approveRequest.contract.request, bodyOf(request, route));
    const decided = await whileStanding(request.principal, route, (principal) =>
      this.decisions.approve(deciderOf(exchange, principal), id),
    );
    if ('dryRun' in decided) {
      const { dryRun, approval } = decided;
      return dryRun.succeeds && approval !== undefined
        ? this.tryOperation(exchange, approval)
        : sendAnswer(reply, answerWith(200, dryRun));
    }
    if (decided.approval.outcome === null) return this.carryOut(exchange, decided);
    const again = outcomeAnswer(decided.approval, request.id);
    const before = isRefusal(again) ? await this.services.repeat(exchange, again) : again;
    return standing(request.principal, route, () => sendAnswer(reply, before));
  }

  private async reject(exchange: Exchange): Promise<FastifyReply> {
    const { route, request, reply } = exchange;
    const { id, reason } = validate(rejectRequest.contract.request, bodyOf(request, route));
    const decided = await whileStanding(request.principal, route, (principal) =>
      this.decisions.reject(deciderOf(exchange, principal), id, reason),
    );
    if (isDryRunResult(decided)) return sendAnswer(reply, answerWith(200, decided));
    return standing(request.principal, route, () => sendAnswer(reply, answerWith(200, decided)));
  }

  /** Answers the dry run of the operation that would be carried out. */
  private async tryOperation({ request, reply }: Exchange, approval: Approval): Promise<FastifyReply> {
    const route = this.controlled.find(approval.operation);
    const extra = { ...approvedContext(approval), dryRun: true } as const;
    const answered = await this.services.send({ route, request, reply }, requestOf(approval), extra);
    return sendAnswer(reply, answerOf({ ...route, status: 200 }, answered, request));
  }

  private async carryOut({ request, reply }: Exchange, approved: ApprovedRequest): Promise<FastifyReply> {
    const route = this.controlled.find(approved.approval.operation);
    const answered = await this.attempt({ route, request, reply }, approved);
    const answer = answerOf(route, answered, request);
    if (!isFinal(answered)) return sendAnswer(reply, answer);
    const body = JSON.parse(answer.body.toString()) as unknown;
    const context = contextOf(request, request.principal, route.withinMs);
    const outcome = { status: answer.status, body };
    return sendAnswer(reply, outcomeAnswer(await this.decisions.conclude(context, approved, outcome), request.id));
  }

  /** @returns the operation's reply. If it is not final, the request can be approved again */
  private async attempt(exchange: Exchange, approved: ApprovedRequest): Promise<RawReply> {
    const { approval } = approved;
    let isLast = false;
    try {
      const answered = await this.services.send(exchange, requestOf(approval), {
        ...(exchange.route.idempotent && { resourceId: approval.id }),
        ...approvedContext(approval),
      });
      isLast = isFinal(answered);
      return answered;
    } finally {
      if (!isLast) await this.decisions.release(approved);
    }
  }
}
