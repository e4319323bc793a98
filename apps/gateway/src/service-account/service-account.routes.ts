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
/** Self-signed, with an Ed25519 key that is nowhere any more, for a hundred years. */
const certificate =
  'MIIBWzCCAQ2gAwIBAgIUcfyDbyo+poNhLicHFq2peDqy9tkwBQYDK2VwMCIxDTALBgNVBAoMBEFjbWUxETAPBgNVBAMMCHBheW1lbnRzMCAXDTI2MTEyODE2MDgwM1oYDzIxMjYxMTA0MTYwODAzWjAiMQ0wCwYDVQQKDARBY21lMREwDwYDVQQDDAhwYXltZW50czAqMAUGAytlcAMhAFuxxthGu58fDMW/PmcDTJUV3DS//LrKY/Qn2QhZXw/eo1MwUTAdBgNVHQ4EFgQUZ1Gqguk0oB/p0KDJ41kRZzCajBEwHwYDVR0jBBgwFoAUZ1Gqguk0oB/p0KDJ41kRZzCajBEwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQDXwyADhjVFn7tYaglavbiIWeCFZRbP/BukCV5UNecIFQmJ4BmbFHGLp1VYEcshPnwveVYZAer/2AMaAprG2ekP';
const request = { name: 'payments', roles: ['user'], groups: ['signers'], keys: [key], certificates: [certificate] };
const account: ServiceAccount = {
  id: ids.serviceAccount,
  tenantId: ids.tenant,
  clientId: `${ids.tenant}.${ids.serviceAccount}`,
  name: 'payments',
  roles: ['user'],
  groups: ['signers'],
  keys: [key],
  certificates: [
    {
      thumbprint: 'XlgBb0EWXo6LqKxrh7DnLvhPzg13d13pVMxWFZ_1vOU',
      subject: 'O=Acme, CN=payments',
      notAfter: '2126-11-04T16:08:03.000Z',
    },
  ],
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
      'The account has public keys or certificates or both, and no secret is kept of it: at the token endpoint the application proves that it has the private half, by an assertion signed with a key (RFC 7523) or by a TLS connection with a certificate (RFC 8705), and gets an access token for some minutes. A certificate, self-signed or not, stands for itself alone (RFC 8705, section 2.2): its whole DER has to be the same, and no CA is believed, so that nobody but this tenant makes clients, and nothing is to be revoked but the account.',
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
    example: { reply: { items: [account], next: null } },
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
