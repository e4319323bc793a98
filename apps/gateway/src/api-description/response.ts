import { dryRun, dryRuns, type ErrorCode, errors } from '@ankasecure/contracts';
import { z } from 'zod';
import { approval } from '../approval/approval.contract.js';
import { waiting } from '../approval/approval.example.js';
import type { Addresses } from '../http/proxy/addresses.js';
import { notListed } from '../policy/policy.example.js';
import { type Failure, type Problem, problemMediaType, problemOf } from '../problem/problem.js';
import type { Route } from '../route/route.js';
import { type HeaderName, refer } from './header.js';
import type { SchemaCollection } from './json-schema.js';

const always: readonly ErrorCode[] = [
  'request-invalid',
  'precondition-failed',
  'header-too-large',
  'internal-error',
  'record-outdated',
  'service-unavailable',
  'audit-unavailable',
  'clock-skew',
  'deadline-exceeded',
];
/** The errors of routes that need a token. */
const ofTokens: readonly ErrorCode[] = [
  'authentication-required',
  'access-denied',
  'tenant-unknown',
  'tenant-disabled',
  'quota-exceeded',
];
const ofBodies: readonly ErrorCode[] = ['body-malformed', 'body-too-large', 'media-type-unsupported'];
const ofIdempotency: readonly ErrorCode[] = ['idempotency-in-flight', 'idempotency-mismatch'];
/** The error of a dry run, and of a caller that cannot request an approval. */
const ofControlled: readonly ErrorCode[] = ['approval-required'];
const ofConditions: readonly ErrorCode[] = ['precondition-required'];

/** Every error code of the route, without repetition. */
export const errorsOf = (route: Route): readonly ErrorCode[] => [
  ...new Set([
    ...route.errors,
    ...always,
    ...(route.public ? [] : ofTokens),
    ...(route.takes === 'body' ? ofBodies : []),
    ...(route.idempotent ? ofIdempotency : []),
    ...(route.controlled ? ofControlled : []),
    ...(route.conditional === true ? ofConditions : []),
  ]),
];

const everywhere: readonly HeaderName[] = ['X-Correlation-Id', 'X-Request-Id', 'Server-Timing'];
const whenRefused: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  429: ['RateLimit', 'RateLimit-Policy'],
};

const refusal = (status: number, codes: readonly ErrorCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${errors[code].title}.`).join('\n'),
  headers: refer(
    ...everywhere,
    ...(codes.some((code) => errors[code].retryable) ? (['Retry-After'] as const) : []),
    ...(whenRefused[status] ?? []),
  ),
  content: {
    [problemMediaType]: {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
  },
});

const success = (route: Route, schemas: SchemaCollection) => ({
  description: route.status === 201 ? 'Created.' : 'Success.',
  headers: refer(
    ...everywhere,
    ...(route.public ? (['Cache-Control'] as const) : (['RateLimit', 'RateLimit-Policy'] as const)),
    ...(route.etag || route.public ? (['ETag'] as const) : []),
    ...(route.location ? (['Location'] as const) : []),
    ...(route.idempotent ? (['Idempotency-Replayed'] as const) : []),
    ...(route.notice ? (['Deprecation', 'Sunset'] as const) : []),
  ),
  content: {
    'application/json': {
      schema: replySchema(route, schemas),
      example: route.example.reply,
    },
  },
});

/** A schema that a list contains is collected, and referred to. */
const [listOfDryRuns, listOfApprovals] = [z.array(dryRun), z.array(approval)];

/** The schemas of a dry run's answer. A route that accepts a batch also answers with a list. */
const dryRunSchemas = (route: Route, schemas: SchemaCollection): readonly unknown[] => {
  const { items: one } = schemas.add(listOfDryRuns, 'output');
  return route.batch ? [one, schemas.add(dryRuns, 'output')] : [one];
};

const replySchema = (route: Route, schemas: SchemaCollection) => {
  const reply = schemas.add(route.contract.reply, 'output');
  return route.dryRun && route.status === 200 ? { anyOf: [reply, ...dryRunSchemas(route, schemas)] } : reply;
};

/** The answer to the dry run of a creation, which creates nothing. */
const dryRunResponse = (route: Route, schemas: SchemaCollection) => ({
  description: 'Dry run. Nothing was created.',
  headers: refer(...everywhere, 'RateLimit', 'RateLimit-Policy'),
  content: { 'application/json': { schema: dryRunSchemas(route, schemas)[0] } },
});

/** Whether the route reads a resource that has an ETag. */
export const readsWithEtag = ({ method, etag, public: isPublic }: Route): boolean =>
  method === 'GET' && (etag === true || isPublic === true);

/** The answer to a caller that has the present state already. */
const notModified = {
  description: 'Not modified. If-None-Match names the present ETag.',
  headers: refer(...everywhere, 'ETag'),
};

/** The answer to a request that waits for a second person. */
const awaited = (schemas: SchemaCollection) => ({
  description: 'The tenant’s policy requires two people. The request waits for the approval of a second person.',
  headers: refer(...everywhere, 'RateLimit', 'RateLimit-Policy', 'Location'),
  content: { 'application/json': { schema: schemas.add(listOfApprovals, 'output')['items'], example: waiting } },
});

const failureExample = (code: ErrorCode): Failure =>
  code === 'policy-refused'
    ? {
        code,
        detail: notListed.detail,
        refusal: { rule: notListed.rule, source: notListed.source, reasons: [notListed] },
      }
    : { code, detail: errors[code].title };

/** One example of each problem, for `components.examples`. */
export const problemExamples = (
  routes: readonly Route[],
  { problemTypes }: Pick<Addresses, 'problemTypes'>,
): Record<string, { value: Problem }> =>
  Object.fromEntries(
    [...new Set(routes.flatMap(errorsOf))]
      .toSorted()
      .map((code) => [code, { value: problemOf(failureExample(code), { id: 'invoice-run-47', problemTypes }) }]),
  );

/** The refusals with a single code, for `components.responses`. The code is their name. */
export const plainRefusals = (routes: readonly Route[]): Record<string, unknown> => {
  const groups = routes.flatMap((route) => [...Map.groupBy(errorsOf(route), (code) => errors[code].status)]);
  const plain = groups.flatMap(([status, [code, ...more]]) =>
    code !== undefined && more.length === 0 ? [[code, status] as const] : [],
  );
  return Object.fromEntries([...new Map(plain)].toSorted().map(([code, status]) => [code, refusal(status, [code])]));
};

/** The responses of an operation: its success, and one for each status of a refusal. */
export const responsesOf = (route: Route, schemas: SchemaCollection): Record<string, unknown> => {
  const byStatus = Map.groupBy(errorsOf(route), (code) => errors[code].status);
  const refusals = [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([status, codes]): [number, unknown] => [
      status,
      codes.length === 1 ? { $ref: `#/components/responses/${codes[0]}` } : refusal(status, codes),
    ]);
  return {
    ...(route.dryRun && route.status !== 200 && { 200: dryRunResponse(route, schemas) }),
    [route.status]: success(route, schemas),
    ...(route.controlled && { 202: awaited(schemas) }),
    ...(readsWithEtag(route) && { 304: notModified }),
    ...Object.fromEntries(refusals),
  };
};
