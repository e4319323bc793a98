import { AnkaError } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { Role } from '../auth/role.js';
import { leaseMs } from '../identity/identity-epoch.js';
import type { Route } from '../route/route.js';
import { RouteTable } from '../route/route-table.js';

/**
 * The roles that can decide a request: those of the operation, because the approver performs it. The role `user` is left out.
 * Its rights depend on the key and are known only to the worker, but the gateway must know who can decide and see a request.
 */
const decides = (role: Role): boolean => role !== 'user';

/** The margin between the end of an operation and the start of another attempt, in milliseconds. */
const graceMs = 1000;

/** The routes that can need two people, with the roles that can approve them. */
@Injectable()
export class ControlledRoutes {
  private readonly routes: readonly Route[];
  /** The longest time of any route, in milliseconds. */
  private readonly longestMs: number;

  constructor({ rows }: RouteTable) {
    this.routes = rows
      .filter(({ controlled }) => controlled === true)
      .map((route) => ({ ...route, roles: route.roles.filter(decides) }));
    this.longestMs = Math.max(...rows.map(({ withinMs }) => withinMs));
  }

  /** The route of a stored request. @throws AnkaError `internal-error` for an operation that this version does not know */
  find(operationId: string): Route {
    const route = this.routes.find((row) => row.operationId === operationId);
    if (route === undefined) throw new AnkaError('internal-error');
    return route;
  }

  /** The operations that a caller with one of these roles can decide. */
  decidedBy(roles: readonly Role[]): readonly string[] {
    return this.routes
      .filter((route) => route.roles.some((role) => roles.includes(role)))
      .map(({ operationId }) => operationId);
  }

  /**
   * How long one attempt owns an approved request, in milliseconds. A change of identities also waits for the end of
   * everything that began before it, and for a lease.
   */
  carryingMs(operationId: string): number {
    const { withinMs, contract } = this.find(operationId);
    return withinMs + graceMs + (contract.owner === 'gateway' ? this.longestMs + leaseMs : 0);
  }
}
