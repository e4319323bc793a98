import { AnkaError, uuid } from '@ankasecure/contracts';
import { parseJson } from '@ankasecure/service-kit';
import type { FastifyRequest } from 'fastify';
import type { Route } from './route.js';

type Parameters = Readonly<Record<string, string>>;

const invalid = (detail: string): AnkaError => new AnkaError('request-invalid', detail);

/** The body as it came. Whether it is JSON, and the right one, is for the serving service to say. */
const bodyOf = (request: FastifyRequest): Buffer => {
  if (request.raw.url?.includes('?') === true) throw invalid('No query parameters are expected here');
  if (Buffer.isBuffer(request.body) && request.body.length > 0) return request.body;
  throw new AnkaError('body-malformed', 'A JSON body is expected');
};

const assertId = (params: Parameters, { unknownId }: Route): void => {
  if (unknownId !== undefined && !uuid.safeParse(params['id']).success) throw new AnkaError(unknownId);
};

/**
 * The body's members and the path's parameters, which no member may name: a parser that met a name twice would take the last.
 * Without a body there are none.
 */
const membersOf = (request: FastifyRequest, route: Route, params: Parameters): Buffer => {
  assertId(params, route);
  const isBare = !Buffer.isBuffer(request.body) || request.body.length === 0;
  const body = isBare ? {} : parseJson(bodyOf(request));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('A JSON object is expected');
  const claimed = Object.keys(params).find((name) => Object.hasOwn(body, name));
  if (claimed !== undefined) throw invalid(`Unrecognized key: "${claimed}"`);
  return Buffer.from(JSON.stringify({ ...body, ...params }));
};

const parametersOf = (request: FastifyRequest, route: Route, params: Parameters): Buffer => {
  const query = request.query as Record<string, string | string[]>;
  assertId(params, route);
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) throw invalid('A query parameter may be given once only');
    if (Object.hasOwn(params, name)) throw invalid('A path parameter cannot be a query parameter too');
  }
  return Buffer.from(JSON.stringify({ ...query, ...params }));
};

/**
 * The bytes of the contract's request: the HTTP body untouched, the body with the path's parameters, or path and query
 * parameters as a JSON object.
 * @throws AnkaError `request-invalid`, `body-malformed`, or the route's answer to an id that cannot be one
 */
export const requestBody = (request: FastifyRequest, route: Route): Buffer => {
  const params = request.params as Parameters;
  if (route.takes === 'parameters') return parametersOf(request, route, params);
  return Object.keys(params).length === 0 ? bodyOf(request) : membersOf(request, route, params);
};
