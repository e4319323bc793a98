import { AnkaError } from '@ankasecure/contracts';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { Route } from './route.js';

/**
 * Checks that the caller is still admitted, because admission can end while its body arrives or its request runs. It awaits
 * nothing if the caller cannot be excluded or has not been.
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

/** Also makes a change that excludes the caller wait for the end of the work. */
export const whileStanding = <Value>(
  principal: Principal,
  route: Route,
  work: (principal: Principal) => Promise<Value>,
): Value | Promise<Value> =>
  standing(principal, route, (now) => (now.during === undefined ? work(now) : now.during(() => work(now))));
