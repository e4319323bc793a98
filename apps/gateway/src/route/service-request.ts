import { type Context, monotonicNow, subjectOf } from '@ankasecure/contracts';
import { BusClient, InProcessServer, type RawReply, traceparentOf } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../auth/principal.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { reportKeyQuota } from '../quota/quota.js';
import type { Route } from './route.js';
import { standing, whileStanding } from './standing.js';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** The parts of a message that only some requests have. */
export type ExtraContext = Pick<
  Context,
  'resourceId' | 'ifMatch' | 'ifNoneMatch' | 'dryRun' | 'approval' | 'sharedIssuer'
>;

/** An HTTP request, its reply, and its route. */
export interface Exchange {
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The context that a service receives: the caller and the deadline. */
export const contextOf = (request: FastifyRequest, principal: Principal, withinMs: number): Context => {
  const { tenantId, subject, issuer, roles, groups } = principal;
  return {
    tenantId: request.tenantInPath ?? tenantId,
    principal: subject,
    issuer,
    roles: [...roles],
    ...(groups.length > 0 && { groups: [...groups] }),
    correlationId: request.id,
    ...(request.clientAddress !== undefined && { clientAddress: request.clientAddress }),
    ...traceparentOf(),
    deadline: monotonicNow() + withinMs,
  };
};

/** Sends requests to the service that owns the route's operation: over the bus, or to the gateway's own controllers. */
@Injectable()
export class ServiceRequest {
  constructor(
    private readonly bus: BusClient,
    private readonly own: InProcessServer,
    private readonly epochs: IdentityEpoch,
  ) {}

  /** @returns the service's reply, which can also be a failure */
  async send({ route, request, reply }: Exchange, body: Buffer, extra: ExtraContext): Promise<RawReply> {
    const { principal } = request;
    const service = route.contract.owner === 'gateway' ? this.own : this.bus;
    let context: Context | undefined;
    const answered = await whileStanding(principal, route, (now) => {
      context = { ...contextOf(request, now, route.withinMs), ...extra };
      return service.requestRaw(subjectOf(route.contract, request.partition), context, body);
    });
    if (context !== undefined && answered.head.ok) await this.epochs.settled(context);
    reply.hsmMicros = answered.head.hsmMicros ?? 0;
    reply.workerMicros = answered.head.workerMicros ?? 0;
    return standing(principal, route, () => {
      if (answered.head.keyQuota !== undefined) reportKeyQuota(reply, answered.head.keyQuota);
      return answered;
    });
  }
}
