import { AnkaError, type Context } from '@ankasecure/contracts';
import type { Route } from './route.js';

/**
 * The revision in an If-Match header (RFC 9110 §13.1.1). `*`, lists and weak tags never match, because a change must name
 * the state that it is based on.
 * @throws AnkaError `precondition-required` without the header, `precondition-failed` for a value that cannot be a current ETag
 */
export const revisionOf = (header: string | undefined): number => {
  if (header === undefined)
    throw new AnkaError('precondition-required', 'Read the resource and send its ETag as If-Match');
  const revision = /^"([1-9]\d{0,14})"$/.exec(header)?.[1];
  if (revision === undefined)
    throw new AnkaError(
      'precondition-failed',
      'If-Match is not a current ETag. Read the resource again and repeat the change.',
    );
  return Number(revision);
};

/** The revision that a request's If-Match sends to the service. Undefined if the route takes none, or an optional header is absent. */
export const conditionOf = (route: Route, header: string | undefined): Pick<Context, 'ifMatch'> => {
  if (route.conditional === undefined || (route.conditional === 'optional' && header === undefined)) return {};
  return { ifMatch: revisionOf(header) };
};
