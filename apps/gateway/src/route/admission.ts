import { AnkaError, platformTenantId } from '@ankasecure/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DenialRecord } from '../audit/denial.js';
import type { Authentication } from '../auth/authentication.js';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { BodyBudget } from '../http/body-budget.js';
import { type Quota, rateLimitOf } from '../quota/quota.js';
import type { TenantDirectory } from '../tenant/tenant-directory.js';
import { aimAtTenant } from '../tenant/tenant-in-path.js';
import type { Route } from './route.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by admission, which every route of the API has. */
    principal: Principal;
    /** The partition of the principal's tenant; empty for a route that needs none. */
    partition: string;
  }
}

/** Decides who comes in, before a body is read: token, quota, tenant, role, room for the body, in this order. */
export class Admission {
  constructor(
    private readonly authentication: Authentication,
    private readonly tenants: TenantDirectory,
    private readonly denials: DenialRecord,
    private readonly bodies: BodyBudget,
    private readonly quota: Quota | undefined,
  ) {}

  /** A hook that lets a request pass, or throws the AnkaError it is refused with. Nothing is awaited for a token and a tenant seen before. */
  hookFor(route: Route): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
    const needsPartition = route.contract.subject.includes('{partition}') || route.decides === 'approve';
    return async (request, reply) => {
      const { authorization } = request.headers;
      const { socket } = request.raw;
      const principal =
        this.authentication.recall(authorization, socket) ??
        (await this.authentication.authenticate(authorization, socket, request.id));
      if (this.quota !== undefined) this.charge(this.quota, principal, reply);
      request.principal = principal;
      if (needsPartition || principal.tenantId !== platformTenantId)
        request.partition = this.tenants.known(principal.tenantId) ?? (await this.tenants.find(principal, request.id));
      if (hasOneOf(principal, route.roles)) {
        await aimAtTenant(request, this.tenants);
        return this.enter(request, principal);
      }
      await this.denials.write(principal, route.operationId, request.id);
      throw new AnkaError('access-denied', `The caller needs one of the roles ${route.roles.join(', ')}`);
    };
  }

  /** What the request holds it gives back when it is over: see `Hold`. */
  private enter(request: FastifyRequest, { tenantId }: Principal): void {
    this.bodies.reserve(request, tenantId);
    if (this.quota === undefined) return;
    const end = this.quota.begin(tenantId);
    if (end === undefined)
      throw new AnkaError(
        'quota-exceeded',
        'The tenant has too many concurrent requests. Try again when some have finished.',
      );
    request.hold?.whenFreed(end);
  }

  private charge(quota: Quota, { tenantId }: Principal, reply: FastifyReply): void {
    const grant = quota.take(tenantId);
    reply.header('ratelimit-policy', quota.policyOf(tenantId)).header('ratelimit', rateLimitOf(grant));
    if (grant.granted) return;
    reply.header('retry-after', String(grant.seconds));
    throw new AnkaError('quota-exceeded', `The tenant’s quota is used up. Try again in ${grant.seconds} s.`);
  }
}
