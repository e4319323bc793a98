import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { createIssuer, deleteIssuer, getIssuer, listIssuers, putIssuer, type TenantIssuer } from './issuer.contract.js';

const request = {
  issuer: 'https://login.acme.example',
  audience: 'ankasecure',
  algorithms: ['ES256'],
  claims: { roles: 'roles', groups: 'groups' },
  roles: ['user', 'auditor'],
  subjectPrefix: 'acme:',
  sharesSubjects: false,
};
const issuer: TenantIssuer = {
  id: ids.issuer,
  tenantId: ids.tenant,
  ...request,
  algorithms: ['ES256'],
  roles: ['user', 'auditor'],
  keys: null,
  jwksUrl: null,
  createdBy: 'alice@acme.example',
  createdAt: instants.created,
  revision: 1,
};

const about = { tag: 'Identity', withinMs: 15_000 } as const;
/** Who speaks for the tenant says who its people are: where two are wanted for anything, they are for this. */
const changing = { roles: ['tenant-admin'], controlled: true } as const;
const one = {
  ...about,
  path: '/issuers/{id}',
  status: 200,
  etag: true,
  unknownId: 'issuer-not-found',
} as const;
const inForce =
  'An answer of 200 means that it is in force on every gateway, and that nothing is under way any more for whoever it shuts out.';

export const issuerRoutes: readonly Route[] = [
  {
    ...about,
    method: 'POST',
    path: '/issuers',
    operationId: 'createIssuer',
    summary: 'Let another identity provider speak for the tenant',
    description:
      'Its tokens carry the tenant’s id as `tenant`, the names of roles and groups where `claims` says, and `iss aud sub exp nbf`. It speaks for this tenant and no other, gives the `roles` it may give, and makes no platform administrators. Several may stand side by side: each with a `subjectPrefix` of its own, so that none speaks for another’s people, or with one that they share and at most one of them does not say so. Its keys are those given here, those behind `jwksUrl`, or those that OpenID discovery at the issuer names; they are fetched again when a token names another.',
    ...changing,
    contract: createIssuer,
    takes: 'body',
    status: 201,
    idempotent: true,
    dryRun: true,
    etag: true,
    location: '/issuers',
    errors: ['issuer-exists', 'subject-prefix-taken', 'audit-unavailable'],
    example: { request, reply: issuer },
  },
  {
    ...about,
    method: 'GET',
    path: '/issuers',
    operationId: 'listIssuers',
    summary: 'List the tenant’s issuers',
    description: 'Newest first. Those of the platform’s configuration are not among them.',
    roles: ['tenant-admin', 'auditor'],
    contract: listIssuers,
    takes: 'parameters',
    status: 200,
    errors: [],
    example: { reply: { items: [issuer] } },
  },
  {
    ...one,
    method: 'GET',
    operationId: 'getIssuer',
    summary: 'Read one of the tenant’s issuers',
    roles: ['tenant-admin', 'auditor'],
    contract: getIssuer,
    takes: 'parameters',
    errors: ['issuer-not-found'],
    example: { reply: issuer },
  },
  {
    ...one,
    method: 'PUT',
    operationId: 'putIssuer',
    summary: 'Change what is believed of an issuer',
    description: inForce,
    ...changing,
    contract: putIssuer.contract,
    takes: 'body',
    body: putIssuer.body,
    conditional: true,
    dryRun: true,
    errors: ['issuer-not-found', 'issuer-exists', 'subject-prefix-taken', 'audit-unavailable'],
    example: {
      request: { ...request, algorithms: ['ES256', 'EdDSA'] },
      reply: { ...issuer, algorithms: ['ES256', 'EdDSA'], revision: 2 },
    },
  },
  {
    ...one,
    method: 'DELETE',
    operationId: 'deleteIssuer',
    summary: 'Believe an issuer no more',
    description: `${inForce} The reply is the issuer as it was.`,
    ...changing,
    contract: deleteIssuer,
    takes: 'parameters',
    dryRun: true,
    errors: ['issuer-not-found', 'audit-unavailable'],
    example: { reply: issuer },
  },
];
