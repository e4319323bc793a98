import { AnkaError } from '@ankasecure/contracts';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { Route } from './route.js';

/**
 * Whoever came in may have been let in for something that has ended since, while its body was still on the way, or while it was
 * worked on. Nothing is awaited where that cannot be or is not so.
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

/** The same for a deed whose end is waited for by whoever shuts out him for whom it is done. */
export const whileStanding = <Value>(
  principal: Principal,
  route: Route,
  deed: (principal: Principal) => Promise<Value>,
): Value | Promise<Value> =>
  standing(principal, route, (now) => (now.during === undefined ? deed(now) : now.during(() => deed(now))));
