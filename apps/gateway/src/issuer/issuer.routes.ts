import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { createIssuer, deleteIssuer, getIssuer, listIssuers, putIssuer, type TenantIssuer } from './issuer.contract.js';

const request = {
  issuer: 'https://login.acme.example',
  audience: 'ankasecure',
  algorithms: ['ES256'],
  claims: { tenant: 'tenant', roles: 'realm_access.roles', groups: 'groups', audience: 'aud', required: [] },
  roles: ['user', 'auditor'],
  subjectPrefix: 'acme:',
  sharesSubjects: false,
};
const issuer: TenantIssuer = {
  id: ids.issuer,
  tenantId: ids.tenant,
  ...request,
  algorithms: ['ES256'],
  claims: { ...request.claims, audience: 'aud', required: [] },
  roles: ['user', 'auditor'],
  keys: null,
  jwksUrl: null,
  createdBy: 'alice@acme.example',
  createdAt: instants.created,
  revision: 1,
};

const about = { tag: 'Identity', withinMs: 15_000 } as const;
/** An issuer decides who a tenant's people are. A change therefore needs two people if the policy requires two for anything. */
const changing = { roles: ['tenant-admin'], controlled: true } as const;
const one = {
  ...about,
  path: '/issuers/{id}',
  status: 200,
  etag: true,
  unknownId: 'issuer-not-found',
} as const;
const inForce =
  'When the answer is 200, the change is in force on every gateway, and no request of a caller it excludes is still running.';

export const issuerRoutes: readonly Route[] = [
  {
    ...about,
    method: 'POST',
    path: '/issuers',
    operationId: 'createIssuer',
    summary: 'Create an issuer',
    description:
      'An issuer is an identity provider whose tokens the tenant accepts. A token carries the tenant’s id, roles and groups in the claims named by `claims`, and `iss`, `aud` (or the claim that `claims.audience` names), `sub`, `exp`, and `iat` or `nbf`. Its life, from `iat` or else `nbf` to `exp`, is at most what the platform allows (a day by default). `nbf` is checked if it is there. An issuer is trusted for this tenant only, can assign only the roles in `roles`, and never a platform administrator. Issuers of one tenant need different values of `subjectPrefix`, so that none can issue tokens for another’s subjects; issuers that share a prefix must set `sharesSubjects`, all but at most one. The issuers of the platform’s configuration count too, and usually have no prefix. The keys are those in `keys`, those at `jwksUrl`, or those found by OpenID discovery. They are fetched again when a token names an unknown key.',
    ...changing,
    contract: createIssuer,
    takes: 'body',
    status: 201,
    idempotent: true,
    dryRun: true,
    etag: true,
    location: '/issuers',
    errors: ['issuer-exists', 'subject-prefix-taken', 'issuers-overlap', 'audit-unavailable'],
    example: { request, reply: issuer },
  },
  {
    ...about,
    method: 'GET',
    path: '/issuers',
    operationId: 'listIssuers',
    summary: 'List issuers',
    description:
      'Issuers are sorted newest first. The list does not include issuers from the platform’s configuration.',
    roles: ['tenant-admin', 'auditor'],
    contract: listIssuers,
    takes: 'parameters',
    status: 200,
    errors: ['cursor-invalid'],
    example: { reply: { items: [issuer], next: null } },
  },
  {
    ...one,
    method: 'GET',
    operationId: 'getIssuer',
    summary: 'Read an issuer',
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
    summary: 'Replace an issuer',
    description: inForce,
    ...changing,
    contract: putIssuer.contract,
    takes: 'body',
    body: putIssuer.body,
    conditional: true,
    dryRun: true,
    errors: ['issuer-not-found', 'issuer-exists', 'subject-prefix-taken', 'issuers-overlap', 'audit-unavailable'],
    example: {
      request: { ...request, algorithms: ['ES256', 'EdDSA'] },
      reply: { ...issuer, algorithms: ['ES256', 'EdDSA'], revision: 2 },
    },
  },
  {
    ...one,
    method: 'DELETE',
    operationId: 'deleteIssuer',
    summary: 'Delete an issuer',
    description: `${inForce} The reply is the deleted issuer.`,
    ...changing,
    contract: deleteIssuer,
    takes: 'parameters',
    conditional: 'optional',
    dryRun: true,
    errors: ['issuer-not-found', 'audit-unavailable'],
    example: { reply: issuer },
  },
];
