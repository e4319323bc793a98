import { AnkaError } from '@ankasecure/contracts';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { Route } from './route.js';

/**
 * Checks that the caller is still admitted, because its admission may have ended while its body arrived or while its request
 * ran. Nothing is awaited if that is not possible or not the case.
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

/** Does the same for work whose end the exclusion of its caller waits for. */
export const whileStanding = <Value>(
  principal: Principal,
  route: Route,
  work: (principal: Principal) => Promise<Value>,
): Value | Promise<Value> =>
  standing(principal, route, (now) => (now.during === undefined ? work(now) : now.during(() => work(now))));
