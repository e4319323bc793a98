import { createTenant, listTenants } from '@ankasecure/contracts';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';

const tenant = {
  id: ids.tenant,
  slug: 'acme',
  name: 'ACME Payments',
  partition: 'default',
  createdAt: instants.created,
};

export const tenantRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/tenants',
    operationId: 'createTenant',
    tag: 'Tenants',
    summary: 'Create a tenant',
    description:
      'A new tenant has a policy that allows every algorithm. The HSM generates its key-encryption key and its audit MAC key before the answer is sent.',
    roles: ['platform-admin'],
    contract: createTenant,
    takes: 'body',
    status: 201,
    idempotent: true,
    dryRun: true,
    withinMs: 60_000,
    errors: [
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
    contract: listTenants,
    takes: 'parameters',
    status: 200,
    withinMs: 10_000,
    errors: ['cursor-invalid'],
    example: { reply: { items: [tenant], next: null } },
  },
];
