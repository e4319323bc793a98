import { type ErrorCode, errors } from '@ankasecure/contracts';
import { z } from 'zod';
import { problem } from '../problem/problem.js';
import { pathExamples } from '../route/example.js';
import { basePath, bodySchemaOf, pathParametersOf, type Route } from '../route/route.js';
import { tokenEndpointPath } from '../service-account/token-endpoint.description.js';
import { headers, referToParameter, requestHeaders } from './header.js';
import { type JsonSchema, SchemaCollection } from './json-schema.js';
import { plainRefusals, problemExamples, responsesOf } from './response.js';

const tags = [
  { name: 'Keys', description: 'Keys that live in the HSM.' },
  { name: 'Lifecycle', description: 'From the birth of a key version to its destruction (SP 800-57).' },
  { name: 'Cryptography', description: 'Operations with those keys: one item, or a batch.' },
  { name: 'Policy', description: 'Which algorithms a tenant may use. In force everywhere once answered.' },
  {
    name: 'Approvals',
    description: 'What takes two people where a tenant’s policy says so: one asks, another approves.',
  },
  { name: 'Identity', description: 'Applications that come in by themselves, and who else may give out tokens.' },
  { name: 'Audit', description: 'The sealed, chained trail of everything that was done or refused.' },
  { name: 'Tenants', description: 'For the platform’s administrators.' },
] as const satisfies readonly { name: Route['tag']; description: string }[];

const introduction = `REST API of AnkaSecure: keys stay in your HSM, policy, tenancy and a provable audit trail stand above it.

The tenant is that of the bearer token and of nothing else. Whatever is refused is a problem (RFC 9457) with a stable \`code\`.
Another tenant's id is as unknown as one that does not exist. An answer that reports an operation means that its audit event is committed.`;

const pathParameters = (route: Route): readonly object[] =>
  pathParametersOf(route).map((name) => ({ name, in: 'path', required: true, ...pathExamples[name] }));

const queryParameters = (route: Route, schemas: SchemaCollection): readonly object[] => {
  const { properties } = schemas.add(route.contract.request, 'input') as { properties?: Record<string, JsonSchema> };
  return Object.entries(properties ?? {})
    .filter(([name]) => !route.path.includes(`{${name}}`))
    .map(([name, schema]) => ({ name, in: 'query', schema }));
};

const parametersOf = (route: Route, schemas: SchemaCollection): readonly object[] => [
  ...pathParameters(route),
  ...(route.takes === 'parameters' ? queryParameters(route, schemas) : []),
  ...(route.dryRun ? [referToParameter('DryRun')] : []),
  ...(route.idempotent ? [referToParameter('IdempotencyKey')] : []),
  ...(route.conditional ? [referToParameter(route.conditional === true ? 'IfMatch' : 'OptionalIfMatch')] : []),
  referToParameter('CorrelationId'),
];

const bodyOf = (route: Route, schemas: SchemaCollection) => ({
  required: pathParametersOf(route).length === 0,
  content: {
    'application/json': { schema: schemas.add(bodySchemaOf(route), 'input'), example: route.example.request },
  },
});

const operationOf = (route: Route, schemas: SchemaCollection) => ({
  operationId: route.operationId,
  tags: [route.tag],
  summary: route.summary,
  ...(route.description !== undefined && { description: route.description }),
  /** The roles of which a principal needs one, as OpenAPI 3.1 §4.8.30 has it. */
  security: route.roles.map((role) => ({ bearer: [role] })),
  parameters: parametersOf(route, schemas),
  ...(route.takes === 'body' && { requestBody: bodyOf(route, schemas) }),
  responses: responsesOf(route, schemas),
});

const pathsOf = (routes: readonly Route[], schemas: SchemaCollection) =>
  Object.fromEntries(
    [...Map.groupBy(routes, ({ path }) => path)].map(([path, rows]) => [
      path,
      Object.fromEntries(rows.map((route) => [route.method.toLowerCase(), operationOf(route, schemas)])),
    ]),
  );

/** The headers that some request may have. */
const headersOf = (routes: readonly Route[]) => {
  const { OptionalIfMatch, ...always } = requestHeaders;
  return routes.some(({ conditional }) => conditional === 'optional') ? { ...always, OptionalIfMatch } : always;
};

const codeTable = (Object.entries(errors) as [ErrorCode, (typeof errors)[ErrorCode]][])
  .map(
    ([code, { status, title, retryable }]) =>
      `- \`${code}\` (${status}): ${title}${retryable ? '; may be repeated' : ''}`,
  )
  .join('\n');

/** The API as an OpenAPI 3.1 document, made from the table of routes and the contracts' schemas. */
export const describeApi = (routes: readonly Route[]) => {
  const schemas = new SchemaCollection();
  schemas.add(z.strictObject({ problem }), 'output');
  const paths = pathsOf(routes, schemas);
  const named = schemas.schemas as Record<string, JsonSchema>;
  return {
    openapi: '3.1.1',
    info: {
      title: 'AnkaSecure',
      version: '1.0.0',
      description: introduction,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath }],
    tags,
    paths: { ...paths, ...(tokenEndpointPath as object) },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token of a configured issuer.',
        },
      },
      parameters: headersOf(routes),
      headers,
      examples: problemExamples(routes),
      responses: plainRefusals(routes),
      schemas: { ...named, Problem: { ...named['Problem'], description: `The codes:\n\n${codeTable}` } },
    },
  };
};

export type ApiDescription = ReturnType<typeof describeApi>;
