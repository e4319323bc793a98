import { AnkaError, uuid } from '@ankasecure/contracts';
import { parseJson } from '@ankasecure/service-kit';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Route } from './route.js';

type Parameters = Readonly<Record<string, string>>;

const invalid = (detail: string): AnkaError => new AnkaError('request-invalid', detail);

/**
 * Whether the request is a dry run. A route with a body has no other query parameter.
 * @throws AnkaError `request-invalid` for any other
 */
export const isDryRun = (request: FastifyRequest, route: Route): boolean => {
  if (request.raw.url?.includes('?') !== true) return false;
  const { dryRun, ...others } = request.query as Record<string, unknown>;
  if (route.takes === 'parameters' && (route.dryRun === undefined || dryRun === undefined)) return false;
  if (route.takes === 'body' && (route.dryRun === undefined || Object.keys(others).length > 0))
    throw invalid(`The route takes no query parameters${route.dryRun ? ' except dryRun' : ''}`);
  if (dryRun !== 'true' && dryRun !== 'false') throw invalid('dryRun: must be true or false');
  return dryRun === 'true';
};

/** The body unchanged. The serving service checks whether it is valid JSON and fits the contract. */
const bodyOf = (request: FastifyRequest): Buffer => {
  if (Buffer.isBuffer(request.body) && request.body.length > 0) return request.body;
  throw new AnkaError('body-malformed', 'Send a JSON body');
};

const assertId = (params: Parameters, { unknownId }: Route): void => {
  if (unknownId !== undefined && !uuid.safeParse(params['id']).success) throw new AnkaError(unknownId);
};

/**
 * Joins the body's members and the path's parameters. A member cannot have a parameter's name, because a parser takes the last
 * of two members with one name. Members stay as they were written, at any depth. An absent body has none.
 */
const membersOf = (request: FastifyRequest, route: Route, params: Parameters): Buffer => {
  assertId(params, route);
  const ofPath = Buffer.from(JSON.stringify(params));
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return ofPath;
  const body = parseJson(request.body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('Send a JSON object');
  const names = Object.keys(body);
  const claimed = names.find((name) => Object.hasOwn(params, name));
  if (claimed !== undefined) throw invalid(`Leave "${claimed}" out of the body: the path names it.`);
  if (names.length === 0) return ofPath;
  const members = request.body.subarray(request.body.indexOf('{') + 1);
  return Buffer.concat([ofPath.subarray(0, -1), Buffer.from(','), members]);
};

/** The query parameters of a route whose request is an object. */
const queryOf = ({ contract: { request } }: Route, params: Parameters): readonly string[] | undefined =>
  request instanceof z.ZodObject
    ? Object.keys(request.shape).filter((name) => !Object.hasOwn(params, name))
    : undefined;

/** The serving service would refuse the parameter as a member of a body that the caller has not sent. */
const assertKnown = (names: readonly string[], params: Parameters, route: Route): void => {
  const known = queryOf(route, params);
  const unknown = known && names.find((name) => !known.includes(name) && !Object.hasOwn(params, name));
  if (known === undefined || unknown === undefined) return;
  const taken = [...known, ...(route.dryRun ? ['dryRun'] : [])];
  const shown = JSON.stringify(unknown.slice(0, 64));
  throw invalid(
    `There is no query parameter ${shown}: ${taken.length === 0 ? 'the route takes none' : `the route takes ${taken.join(', ')}`}`,
  );
};

const parametersOf = (request: FastifyRequest, route: Route, params: Parameters): Buffer => {
  const { dryRun, ...rest } = request.query as Record<string, string | string[]>;
  // A route with dry runs removes the parameter here. For any other route it is an ordinary parameter.
  const query = dryRun === undefined || route.dryRun === true ? rest : { ...rest, dryRun };
  assertId(params, route);
  assertKnown(Object.keys(query), params, route);
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) throw invalid('Send each query parameter only once');
    if (Object.hasOwn(params, name)) throw invalid('Do not send a path parameter as a query parameter too');
  }
  return Buffer.from(JSON.stringify({ ...query, ...params }));
};

/**
 * Builds the bytes of the contract's request: the HTTP body unchanged, the body with the path's parameters, or path and query
 * parameters as a JSON object.
 * @throws AnkaError `request-invalid`, `body-malformed`, or the route's answer to an impossible id
 */
export const requestBody = (request: FastifyRequest, route: Route): Buffer => {
  const params = request.params as Parameters;
  if (route.takes === 'parameters') return parametersOf(request, route, params);
  return Object.keys(params).length === 0 ? bodyOf(request) : membersOf(request, route, params);
};
