import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import {
  createServiceAccount,
  deleteServiceAccount,
  getServiceAccount,
  listServiceAccounts,
  type ServiceAccount,
} from './service-account.contract.js';

const key = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  kid: 'payments-2027',
  alg: 'ES256',
};
const request = { name: 'payments', roles: ['user'], groups: ['signers'], keys: [key] };
const account: ServiceAccount = {
  id: ids.serviceAccount,
  tenantId: ids.tenant,
  clientId: `${ids.tenant}.${ids.serviceAccount}`,
  name: 'payments',
  roles: ['user'],
  groups: ['signers'],
  keys: [key],
  createdBy: 'alice@acme.example',
  createdAt: instants.created,
  revision: 1,
};

const about = { tag: 'Identity', withinMs: 15_000 } as const;
const one = { ...about, path: '/service-accounts/{id}', status: 200, etag: true, takes: 'parameters' } as const;

export const serviceAccountRoutes: readonly Route[] = [
  {
    ...about,
    method: 'POST',
    path: '/service-accounts',
    operationId: 'createServiceAccount',
    summary: 'Let an application in',
    description:
      'The account has public keys, and no secret is kept of it: at the token endpoint the application proves with a signed assertion (RFC 7523) that it has the private half, and gets an access token for some minutes.',
    roles: ['tenant-admin'],
    contract: createServiceAccount,
    takes: 'body',
    status: 201,
    idempotent: true,
    dryRun: true,
    etag: true,
    location: '/service-accounts',
    errors: ['audit-unavailable'],
    example: { request, reply: account },
  },
  {
    ...about,
    method: 'GET',
    path: '/service-accounts',
    operationId: 'listServiceAccounts',
    summary: 'List service accounts',
    description: 'Newest first.',
    roles: ['tenant-admin', 'auditor'],
    contract: listServiceAccounts,
    takes: 'parameters',
    status: 200,
    errors: [],
    example: { reply: { items: [account] } },
  },
  {
    ...one,
    method: 'GET',
    operationId: 'getServiceAccount',
    summary: 'Read a service account',
    roles: ['tenant-admin', 'auditor'],
    contract: getServiceAccount,
    unknownId: 'service-account-not-found',
    errors: ['service-account-not-found'],
    example: { reply: account },
  },
  {
    ...one,
    method: 'DELETE',
    operationId: 'deleteServiceAccount',
    summary: 'Shut an application out',
    description:
      'An answer of 200 means that it is in force on every gateway: no token of the account is let in any more, no request that came in with one is answered, and nothing is under way for one any more. So it may wait for the last of them to end, at most until its deadline. What a gateway had asked for that failed meanwhile is answered to nobody either, and is in the trail if it was done. The reply is the account as it was.',
    roles: ['tenant-admin'],
    contract: deleteServiceAccount,
    dryRun: true,
    unknownId: 'service-account-not-found',
    errors: ['service-account-not-found', 'audit-unavailable'],
    example: { reply: account },
  },
];
