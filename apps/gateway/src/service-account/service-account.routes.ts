import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import {
  createServiceAccount,
  deleteServiceAccount,
  getServiceAccount,
  listServiceAccounts,
  putServiceAccount,
  type RegisteredCertificate,
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
/** A self-signed certificate, valid for a hundred years. Its Ed25519 key has been deleted. */
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

/** The old key and the certificate get an end, and a new key is valid beside them. */
const oldKey = { ...key, expiresAt: instants.later };
const nextKey = { ...key, kid: 'payments-2028' };
const ending = { ...(account.certificates[0] as RegisteredCertificate), expiresAt: instants.later };
const rolled = {
  name: 'payments',
  roles: ['user'],
  groups: ['signers'],
  keys: [oldKey, nextKey],
  certificates: [{ thumbprint: ending.thumbprint, expiresAt: instants.later }],
};

const about = { tag: 'Identity', withinMs: 15_000 } as const;
const one = { ...about, path: '/service-accounts/{id}', status: 200, etag: true, takes: 'parameters' } as const;

export const serviceAccountRoutes: readonly Route[] = [
  {
    ...about,
    method: 'POST',
    path: '/service-accounts',
    operationId: 'createServiceAccount',
    summary: 'Create a service account',
    description:
      'A service account has public keys, certificates, or both; the platform stores no secret for it. At the token endpoint the application proves possession of the private key, by an assertion signed with a key (RFC 7523) or by a TLS connection with a certificate (RFC 8705), and receives a short-lived access token. A certificate is matched by its complete DER encoding (RFC 8705, section 2.2) and may be self-signed. No CA is trusted, so only the tenant can add clients, and the account itself says what it accepts: take a key or certificate away, or delete the account, to revoke it.',
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
    errors: ['cursor-invalid'],
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
    takes: 'body',
    method: 'PUT',
    operationId: 'putServiceAccount',
    summary: 'Replace the settings, keys and certificates of a service account',
    description:
      'Rolls keys and certificates in place: add the new one beside the old one, let the application change over, then take the old one away, or give it an end (`expiresAt`) at once. The account keeps its id, and so its grants. When the answer is 200, the change is in force on every gateway. If a key or certificate is taken away or ends earlier, all tokens of the account end, and none of its requests is still running.',
    roles: ['tenant-admin'],
    contract: putServiceAccount.contract,
    body: putServiceAccount.body,
    conditional: true,
    dryRun: true,
    unknownId: 'service-account-not-found',
    errors: ['service-account-not-found', 'audit-unavailable'],
    example: { request: rolled, reply: { ...account, revision: 2, keys: [oldKey, nextKey], certificates: [ending] } },
  },
  {
    ...one,
    method: 'DELETE',
    operationId: 'deleteServiceAccount',
    summary: 'Delete a service account',
    description:
      'When the answer is 200, every gateway refuses the account’s tokens and none of its requests is still running. The call waits for running requests to end, at most until its deadline. If a gateway failed meanwhile, requests it had sent are answered to nobody, and the audit trail shows whether they were carried out. The reply is the deleted account.',
    roles: ['tenant-admin'],
    contract: deleteServiceAccount,
    conditional: 'optional',
    dryRun: true,
    unknownId: 'service-account-not-found',
    errors: ['service-account-not-found', 'audit-unavailable'],
    example: { reply: account },
  },
];
