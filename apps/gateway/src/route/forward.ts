import { type Context, subjectOf } from '@ankasecure/contracts';
import type { Bus, RawReply } from '@ankasecure/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOrWait } from '../approval/answer-or-wait.js';
import type { Approvals } from '../approval/approvals.js';
import type { Principal } from '../auth/principal.js';
import type { Changed } from '../identity/in-force.js';
import { tellOfKey } from '../quota/quota.js';
import { answerOf, sendAnswer } from './answer.js';
import { conditionOf } from './precondition.js';
import { isDryRun, requestBody } from './request-body.js';
import type { Route } from './route.js';
import { standing, whileStanding } from './standing.js';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Whom routes are asked of. */
export interface Asking {
  readonly bus: Pick<Bus, 'requestRaw'>;
  /** What answers the routes that are the gateway's own. */
  readonly own: Answering;
}

/** What passing a request on takes. */
export interface Passing extends Asking {
  readonly approvals: Approvals;
}

/** What only some requests carry to the service. */
export type Extra = Pick<Context, 'resourceId' | 'ifMatch' | 'dryRun' | 'approval'>;

/** Who answers: a service over the bus, or the gateway itself. */
export interface Answering {
  /** What the answer may have to wait for besides, when the deed is done, is `settle`. */
  requestRaw(...asked: Parameters<Bus['requestRaw']>): Promise<RawReply & Partial<Pick<Changed<unknown>, 'settle'>>>;
}

/** What a service is told of who asks, and until when it may answer. */
export const contextOf = (request: FastifyRequest, principal: Principal, withinMs: number): Context => {
  const { tenantId, subject, issuer, roles, groups } = principal;
  return {
    tenantId: request.tenantInPath ?? tenantId,
    principal: subject,
    issuer,
    roles: [...roles],
    ...(groups.length > 0 && { groups: [...groups] }),
    correlationId: request.id,
    deadline: Date.now() + withinMs,
  };
};

/** Asks the service that owns the route's operation; failures it answered are replies too. */
export const ask = async (
  { bus, own }: Asking,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Buffer,
  extra: Extra,
): Promise<RawReply> => {
  const answered = await whileStanding(request.principal, route, (principal) => {
    const context: Context = { ...contextOf(request, principal, route.withinMs), ...extra };
    const service: Answering = route.contract.owner === 'gateway' ? own : bus;
    return service.requestRaw(subjectOf(route.contract, request.partition), context, body);
  });
  await answered.settle?.();
  reply.hsmMicros = answered.head.hsmMicros ?? 0;
  reply.workerMicros = answered.head.workerMicros ?? 0;
  return standing(request.principal, route, () => {
    if (answered.head.keyQuota !== undefined) tellOfKey(reply, answered.head.keyQuota);
    return answered;
  });
};

/** Passes the request's bytes on and the reply's bytes back. */
export const forward =
  (parts: Passing, route: Route): Handler =>
  async (request, reply) => {
    const dryRun = isDryRun(request, route);
    const condition = conditionOf(route, request.headers['if-match']);
    const body = requestBody(request, route);
    const answered = await ask(parts, route, request, reply, body, dryRun ? { ...condition, dryRun } : condition);
    // Nothing was made, whatever the route makes.
    if (dryRun) return sendAnswer(reply, answerOf({ ...route, status: 200 }, answered, request.id));
    const { approvals } = parts;
    return sendAnswer(reply, await answerOrWait(approvals, route, request, { body, ...condition }, answered));
  };
