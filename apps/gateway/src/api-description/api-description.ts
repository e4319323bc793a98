import { type ErrorCode, errors } from '@ankasecure/contracts';
import { z } from 'zod';
import { type Addresses, addressesOf } from '../http/proxy/addresses.js';
import { namesKey } from '../key/key-in-path.js';
import { problem } from '../problem/problem.js';
import { keyInPath, pathExamples } from '../route/example.js';
import { basePath, bodySchemaOf, pathParametersOf, type Route } from '../route/route.js';
import { headers, referToParameter, requestHeaders } from './header.js';
import { type JsonSchema, SchemaCollection } from './json-schema.js';
import { plainRefusals, problemExamples, readsWithEtag, responsesOf } from './response.js';
import { tokenEndpointPath } from './token-endpoint.description.js';

const tags = [
  { name: 'Keys', description: 'Create, import, find and share keys.' },
  { name: 'Lifecycle', description: 'Change the state of a key version, from creation to destruction (SP 800-57).' },
  { name: 'Cryptography', description: 'Encrypt, decrypt, sign and verify, one item or a batch at a time.' },
  {
    name: 'Policy',
    description:
      'Read and change the rules for a tenant’s algorithms and keys. A change is in force on every worker when the answer arrives.',
  },
  {
    name: 'Approvals',
    description: 'Decide requests that need two people under the tenant’s policy: one person asks, another approves.',
  },
  { name: 'Identity', description: 'Manage service accounts and the identity providers that a tenant trusts.' },
  {
    name: 'Audit',
    description: 'Query, verify and prove the sealed, hash-chained record of every operation, allowed or refused.',
  },
  { name: 'Tenants', description: 'Manage tenants and their key-encryption keys.' },
  { name: 'HSMs', description: 'Look at the HSM of a partition, and test it. For administrators of the platform.' },
] as const satisfies readonly { name: Route['tag']; description: string }[];

const introduction = `The REST API of AnkaSecure. Keys stay in your HSM; AnkaSecure adds policy, tenancy, key lifecycle and an audit trail that can be verified.

The bearer token alone decides the tenant. Every error is a problem (RFC 9457) with a stable \`code\`.
An id of another tenant gets the same answer as an id that does not exist. An answer that reports an operation is sent only after its audit event is committed.

A route that lists the header \`Idempotency-Key\` can be repeated with the same key: what was done is answered again, and what was refused is decided anew. Every other route refuses the header, so that nobody relies on it; the token endpoint and the key set take none and do not look at it. Ids are UUIDs in upper or lower case, and times are those of RFC 3339 with any offset; answers show lower case and UTC.`;

const pathParameters = (route: Route): readonly object[] =>
  pathParametersOf(route).map((name) => ({
    name,
    in: 'path',
    required: true,
    ...(name === 'id' && namesKey(route) ? keyInPath : pathExamples[name]),
  }));

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
  ...(route.conditional === 'optional' ? [referToParameter('IfNoneMatch')] : []),
  ...(readsWithEtag(route) ? [referToParameter('IfModified')] : []),
  referToParameter('CorrelationId'),
];

/** Whether a request needs a body. One whose path says everything needs none: its body may have no members. */
export const needsBody = (route: Route): boolean =>
  pathParametersOf(route).length === 0 || !bodySchemaOf(route).safeParse({}).success;

const bodyOf = (route: Route, schemas: SchemaCollection) => ({
  required: needsBody(route),
  content: {
    'application/json': { schema: schemas.add(bodySchemaOf(route), 'input'), example: route.example.request },
  },
});

const operationOf = (route: Route, schemas: SchemaCollection) => ({
  operationId: route.operationId,
  tags: [route.tag],
  summary: route.summary,
  ...(route.description !== undefined && { description: route.description }),
  /** The roles of an operation, one of which a principal needs (OpenAPI 3.1 §4.8.30). */
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

/** The headers that some requests accept. */
const headersOf = (routes: readonly Route[]) => {
  const { OptionalIfMatch, IfNoneMatch, IfModified, ...always } = requestHeaders;
  return {
    ...always,
    ...(routes.some(({ conditional }) => conditional === 'optional') && { OptionalIfMatch, IfNoneMatch }),
    ...(routes.some(readsWithEtag) && { IfModified }),
  };
};

const codeTable = (Object.entries(errors) as [ErrorCode, (typeof errors)[ErrorCode]][])
  .map(
    ([code, { status, title, retryable }]) => `- \`${code}\` (${status}): ${title}${retryable ? ' (retryable)' : ''}`,
  )
  .join('\n');

/** Builds the API's OpenAPI 3.1 document from the table of routes and the contracts' schemas. */
export const describeApi = (routes: readonly Route[], addresses: Addresses = addressesOf()) => {
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
    servers: [{ url: addresses.of(basePath) }],
    tags,
    paths: { ...paths, ...(tokenEndpointPath as object) },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token of a trusted issuer.',
        },
      },
      parameters: headersOf(routes),
      headers: { ...headers, Location: { ...headers.Location, example: addresses.of(headers.Location.example) } },
      examples: problemExamples(routes, addresses),
      responses: plainRefusals(routes),
      schemas: {
        ...named,
        Problem: { ...named['Problem'], description: `The value of \`code\` is one of:\n\n${codeTable}` },
      },
    },
  };
};

export type ApiDescription = ReturnType<typeof describeApi>;
