import { AnkaError, type Context } from '@ankasecure/contracts';
import type { Route } from './route.js';

/**
 * The revision an If-Match header names (RFC 9110 §13.1.1). `*`, lists and weak tags never match: a change has to say
 * which state it was decided on.
 * @throws AnkaError `precondition-required` without the header, `precondition-failed` for what cannot be a current ETag
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

/** What a request's If-Match says to the service: nothing where the route takes none, or it may be left out and is. */
export const conditionOf = (route: Route, header: string | undefined): Pick<Context, 'ifMatch'> => {
  if (route.conditional === undefined || (route.conditional === 'optional' && header === undefined)) return {};
  return { ifMatch: revisionOf(header) };
};
