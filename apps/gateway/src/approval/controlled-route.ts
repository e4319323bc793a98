import { AnkaError } from '@ankasecure/contracts';
import type { Role } from '../auth/role.js';
import { leaseMs } from '../identity/identity-epoch.js';
import type { Route } from '../route/route.js';
import { routes } from '../route/routes.js';

/**
 * Whoever approves does the deed, so the deed's roles count. All but `user`: what that may do is for the worker to say, key by
 * key, and who may decide on a request, and see it, has to be known here.
 */
const decides = (role: Role): boolean => role !== 'user';

/** What may take two people, for whoever approves it. */
const controlled: readonly Route[] = routes
  .filter((route) => route.controlled === true)
  .map((route) => ({ ...route, roles: route.roles.filter(decides) }));

/** The route of a request that was stored. @throws AnkaError `internal-error` for what this version knows nothing of */
export const controlledRoute = (operationId: string): Route => {
  const route = controlled.find((row) => row.operationId === operationId);
  if (route === undefined) throw new AnkaError('internal-error');
  return route;
};

/** A deed's own time is up before another attempt may be made at it, by this many milliseconds. */
const graceMs = 1000;

/** Of anything that is asked of the gateway. */
const longestMs = Math.max(...routes.map(({ withinMs }) => withinMs));

/**
 * How long what was approved is one attempt's, in milliseconds. A change of who may come in waits besides, when it is done, for
 * the end of all that was begun before, and for a lease.
 */
export const carryingMs = ({ withinMs, contract }: Route): number =>
  withinMs + graceMs + (contract.owner === 'gateway' ? longestMs + leaseMs : 0);

/** The operations on which one of these roles decides. */
export const decidedBy = (roles: readonly Role[]): readonly string[] =>
  controlled.filter((route) => route.roles.some((role) => roles.includes(role))).map(({ operationId }) => operationId);
