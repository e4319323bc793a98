import { AnkaError, disabledTenant, platformTenantId } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authentication, TokenRefusal } from '../auth/authentication.js';
import { hasOneOf, type Principal } from '../auth/principal.js';
import { BodyBudget } from '../http/body-budget.js';
import { forStranger } from '../identity/origin.js';
import type { Caller } from '../identity/turned-away.js';
import { TenantQuota } from '../quota/tenant-quota.js';
import type { Route } from '../route/route.js';
import { TenantDirectory } from '../tenant/tenant-directory.js';
import { aimAtTenant } from '../tenant/tenant-in-path.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by admission, which runs for every route of the API. */
    principal: Principal;
    /** Set instead of the principal if the caller's token is genuine and not accepted. */
    turnedAway?: Caller;
    /** The partition of the principal's tenant. Empty for a route that needs none. */
    partition: string;
  }
}

/** Admits or refuses a request before its body is read. It checks token, quota, tenant, role and body budget, in this order. */
@Injectable()
export class Admission {
  constructor(
    private readonly authentication: Authentication,
    private readonly tenants: TenantDirectory,
    private readonly bodies: BodyBudget,
    private readonly quota: TenantQuota,
    private readonly log: Logger,
  ) {}

  /** A hook that admits a request, or throws the AnkaError that refuses it. It awaits nothing for a known token and tenant. */
  hookFor(route: Route): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
    const needsPartition = route.contract.subject.includes('{partition}') || route.decides === 'approve';
    return async (request, reply) => {
      const { authorization } = request.headers;
      const principal = this.authentication.recall(authorization, request.raw.socket) ?? (await this.meet(request));
      request.principal = principal;
      this.quota.charge(principal.tenantId, reply);
      if (needsPartition || principal.tenantId !== platformTenantId)
        request.partition = this.tenants.known(principal.tenantId) ?? (await this.tenants.find(principal, request.id));
      if (!hasOneOf(principal, route.roles)) throw new AnkaError('access-denied', needs(route));
      if (principal.onlyRepairs !== undefined && route.repairs !== true) throw principal.onlyRepairs;
      // The other services refuse the requests of a disabled tenant themselves.
      if (changesGateway(route) && (await this.tenants.isDisabled(principal, request.id)))
        throw new AnkaError('tenant-disabled', disabledTenant);
      await aimAtTenant(request, this.tenants);
      this.enter(request, principal);
    };
  }

  /**
   * Names the caller of a request that is refused before it is admitted, if its token is genuine. Of a request without a token it
   * says at once that it has none.
   */
  callerOf(request: FastifyRequest): Promise<Caller | undefined> | undefined {
    const { headers, raw, id } = request;
    if (headers.authorization === undefined) return undefined;
    const known = this.authentication.recall(headers.authorization, raw.socket);
    return known === undefined ? this.nameOf(request, id) : Promise.resolve(known);
  }

  /** Nobody is named while it cannot be known whether the token is genuine. */
  private async nameOf(request: FastifyRequest, correlationId: string): Promise<Caller | undefined> {
    try {
      return await this.meet(request);
    } catch (error) {
      if (!(error instanceof TokenRefusal))
        this.log.warn(
          { correlationId, reason: (error as Error).message },
          'cannot name the caller of a refused request',
        );
      return request.turnedAway;
    }
  }

  /** Authenticates a caller who is not known yet. */
  private async meet(request: FastifyRequest): Promise<Principal> {
    const { headers, raw, sender, id } = request;
    try {
      return await forStranger(sender, () => this.authentication.authenticate(headers.authorization, raw.socket, id));
    } catch (error) {
      if (error instanceof TokenRefusal && error.caller !== undefined) request.turnedAway = error.caller;
      throw error;
    }
  }

  /** Releases everything that the request holds, once it is answered. */
  leave(request: FastifyRequest): void {
    this.bodies.release(request);
  }

  /** The request holds its part of the body budget and of the quota until it ends: see `Hold`. */
  private enter(request: FastifyRequest, { tenantId }: Principal): void {
    this.bodies.reserve(request, tenantId);
    request.hold?.whenFreed(this.quota.begin(tenantId));
  }
}

const needs = ({ roles }: Route): string => `The caller needs the role ${roles.join(' or ')}`;

const changesGateway = ({ contract, method }: Route): boolean => contract.owner === 'gateway' && method !== 'GET';
