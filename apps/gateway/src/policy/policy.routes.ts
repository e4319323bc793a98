import { getPolicy, putPolicy } from '@ankasecure/contracts';
import type { Route } from '../route/route.js';
import { document, policy } from './policy.example.js';

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
