import { createTenant, disableTenant, enableTenant, listTenants, readTenant } from '@ankasecure/contracts';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';

const tenant = {
  id: ids.tenant,
  slug: 'acme',
  name: 'ACME Payments',
  partition: 'default',
  state: 'active',
  createdAt: instants.created,
};

const switching = {
  method: 'POST',
  tag: 'Tenants',
  roles: ['platform-admin'],
  takes: 'body',
  status: 200,
  dryRun: true,
  withinMs: 30_000,
  errors: ['tenant-mismatch', 'policy-pending', 'policy-not-applied', 'audit-unavailable'],
} as const;

export const tenantRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/tenants',
    operationId: 'createTenant',
    tag: 'Tenants',
    summary: 'Create a tenant',
    description:
      'A new tenant has a policy that allows every algorithm. The HSM generates its key-encryption key and its audit MAC key before the answer is sent. After a time-out, the same caller can repeat the same request for a day, also without an Idempotency-Key, and gets the tenant that the first request created.',
    roles: ['platform-admin'],
    contract: createTenant,
    takes: 'body',
    status: 201,
    idempotent: true,
    dryRun: true,
    location: '/tenants',
    withinMs: 60_000,
    errors: [
      'partition-not-found',
      'tenant-exists',
      'policy-not-applied',
      'hsm-unavailable',
      'hsm-timeout',
      'hsm-error',
      'platform-key-unrecorded',
      'audit-unavailable',
    ],
    example: { request: { slug: 'acme', name: 'ACME Payments' }, reply: tenant },
  },
  {
    method: 'GET',
    path: '/tenants',
    operationId: 'listTenants',
    tag: 'Tenants',
    summary: 'List tenants',
    roles: ['platform-admin'],
    repairs: true,
    contract: listTenants,
    takes: 'parameters',
    status: 200,
    withinMs: 10_000,
    errors: ['cursor-invalid'],
    example: { reply: { items: [tenant], next: null } },
  },
  {
    method: 'GET',
    path: '/tenants/{tenant}',
    operationId: 'getTenant',
    tag: 'Tenants',
    summary: 'Read a tenant',
    roles: ['platform-admin', 'tenant-admin', 'auditor'],
    contract: readTenant,
    takes: 'parameters',
    status: 200,
    withinMs: 10_000,
    errors: ['tenant-mismatch', 'policy-not-applied'],
    example: { reply: tenant },
  },
  {
    ...switching,
    path: '/tenants/{tenant}/disable',
    operationId: 'disableTenant',
    summary: 'Disable a tenant',
    description:
      'When the answer is 200, the keys of the tenant are stopped: no worker releases a result for it, whatever it was decided on. Nothing of it is used, made or changed, by nobody and by no schedule; its keys are neither rotated nor destroyed, and it gets no access tokens. Its people can still read, among others its audit trail, and its public keys stay published.',
    contract: disableTenant.contract,
    body: disableTenant.body,
    example: { request: { reason: 'the contract has ended' }, reply: { ...tenant, state: 'disabled' } },
  },
  {
    ...switching,
    path: '/tenants/{tenant}/enable',
    operationId: 'enableTenant',
    summary: 'Enable a disabled tenant',
    description:
      'Rotations that came due meanwhile happen at once. Destructions that came due meanwhile wait for a day, so that they can still be cancelled.',
    contract: enableTenant.contract,
    body: enableTenant.body,
    example: { request: {}, reply: tenant },
  },
];
