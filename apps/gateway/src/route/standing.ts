import { AnkaError } from '@ankasecure/contracts';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { Route } from './route.js';

/**
 * Runs `go` if the principal may still call the route. An identity may change while a request's body arrives or its work runs.
 * Awaits nothing where the identity cannot change or has not.
 * @throws AnkaError `authentication-required`, `access-denied`
 */
export const standing = <Value>(
  principal: Principal,
  route: Route,
  go: (principal: Principal) => Value | Promise<Value>,
): Value | Promise<Value> => {
  const looked = principal.confirm?.();
  if (looked === undefined) return go(principal);
  return looked.then((now) => {
    if (!hasOneOf(now, route.roles))
      throw new AnkaError('access-denied', 'The roles of the caller have changed. Get a new access token.');
    return standing(now, route, go);
  });
};

/** Does the same for work that a change waits for, where the change shuts the principal out. */
export const whileStanding = <Value>(
  principal: Principal,
  route: Route,
  work: (principal: Principal) => Promise<Value>,
): Value | Promise<Value> =>
  standing(principal, route, (now) => (now.during === undefined ? work(now) : now.during(() => work(now))));
