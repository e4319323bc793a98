import { getPolicy, putPolicy } from '@ankasecure/contracts';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';

const document = { allowedAlgorithms: ['RSA-3072', 'EC-P256', 'AES-256'], fipsOnly: true };
const policy = {
  tenantId: ids.tenant,
  version: 3,
  ...document,
  changedBy: 'alice@acme.example',
  changedAt: instants.created,
  pendingVersion: null,
};

const about = { path: '/policy', tag: 'Policy', status: 200, etag: true } as const;

export const policyRoutes: readonly Route[] = [
  {
    ...about,
    method: 'GET',
    operationId: 'getPolicy',
    summary: 'Read the policy in force',
    roles: ['tenant-admin', 'application-admin', 'auditor'],
    contract: getPolicy,
    takes: 'parameters',
    withinMs: 10_000,
    errors: [],
    example: { reply: policy },
  },
  {
    ...about,
    method: 'PUT',
    operationId: 'putPolicy',
    summary: 'Replace the policy',
    description: 'An answer of 200 means that the policy is in force on every worker, for existing keys too.',
    roles: ['tenant-admin'],
    contract: putPolicy,
    takes: 'body',
    conditional: true,
    withinMs: 30_000,
    errors: ['policy-pending', 'policy-not-applied', 'audit-unavailable'],
    example: { request: document, reply: policy },
  },
];
