import { AnkaError, uuid } from '@ankasecure/contracts';
import type { FastifyRequest } from 'fastify';
import type { Route } from './route.js';

const invalid = (detail: string): AnkaError => new AnkaError('request-invalid', detail);

/** The body as it came. Whether it is JSON, and the right one, is for the serving service to say. */
const bodyOf = (request: FastifyRequest): Buffer => {
  if (request.raw.url?.includes('?') === true) throw invalid('No query parameters are expected here');
  if (Buffer.isBuffer(request.body) && request.body.length > 0) return request.body;
  throw new AnkaError('body-malformed', 'A JSON body is expected');
};

const parametersOf = (request: FastifyRequest, route: Route): Buffer => {
  const params = request.params as Record<string, string>;
  const query = request.query as Record<string, string | string[]>;
  if (route.unknownId !== undefined && !uuid.safeParse(params['id']).success) throw new AnkaError(route.unknownId);
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) throw invalid('A query parameter may be given once only');
    if (Object.hasOwn(params, name)) throw invalid('A path parameter cannot be a query parameter too');
  }
  return Buffer.from(JSON.stringify({ ...query, ...params }));
};

/**
 * The bytes of the contract's request: the HTTP body untouched, or path and query parameters as a JSON object.
 * @throws AnkaError `request-invalid`, `body-malformed`, or the route's answer to an id that cannot be one
 */
export const requestBody = (request: FastifyRequest, route: Route): Buffer =>
  route.takes === 'body' ? bodyOf(request) : parametersOf(request, route);
