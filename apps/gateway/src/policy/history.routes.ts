import {
  diffPolicyVersions,
  getPolicyTemplate,
  getPolicyVersion,
  listPolicyTemplates,
  listPolicyVersions,
  rollbackPolicy,
} from '@ankasecure/contracts';
import { tenantRoles } from '../auth/role.js';
import type { Route } from '../route/route.js';
import { document, policy, template, version } from './policy.example.js';

const about = { tag: 'Policy', status: 200 } as const;
const reading = { ...about, method: 'GET', takes: 'parameters', withinMs: 10_000 } as const;
const history = { ...reading, roles: ['tenant-admin', 'application-admin', 'auditor'] } as const;

/** Routes for the policy's history, its templates and rollbacks. */
export const historyRoutes: readonly Route[] = [
  {
    ...history,
    path: '/policy/versions',
    operationId: 'listPolicyVersions',
    summary: 'List policy versions',
    description: 'Newest first.',
    contract: listPolicyVersions,
    errors: ['cursor-invalid'],
    example: { reply: { items: [version], next: null } },
  },
  {
    ...history,
    path: '/policy/versions/{version}',
    operationId: 'getPolicyVersion',
    summary: 'Read a policy version',
    contract: getPolicyVersion,
    errors: ['policy-version-not-found'],
    example: { reply: { ...version, document } },
  },
  {
    ...history,
    path: '/policy/versions/{from}/diff/{to}',
    operationId: 'diffPolicyVersions',
    summary: 'Compare two policy versions',
    contract: diffPolicyVersions,
    errors: ['policy-version-not-found'],
    example: {
      reply: {
        from: 2,
        to: 3,
        changes: [
          { field: 'allowedAlgorithms', added: [], removed: ['RSA-2048'] },
          { field: 'fipsOnly', before: false, after: true },
          {
            field: 'sunsets',
            algorithm: 'RSA-3072',
            before: null,
            after: { warnFrom: '2027-01-01T00:00:00Z', protectUntil: '2030-01-01T00:00:00Z' },
          },
        ],
      },
    },
  },
  {
    ...about,
    method: 'POST',
    path: '/policy/rollback',
    operationId: 'rollbackPolicy',
    summary: 'Roll back to an earlier policy version',
    description:
      'Creates a new version with the document of an earlier one. When the answer is 200, it is in force on every worker.',
    roles: ['tenant-admin'],
    contract: rollbackPolicy,
    takes: 'body',
    conditional: true,
    dryRun: true,
    controlled: true,
    tellsSharedIssuer: true,
    etag: true,
    withinMs: 30_000,
    errors: [
      'policy-version-not-found',
      'policy-pending',
      'issuers-overlap',
      'policy-not-applied',
      'audit-unavailable',
    ],
    example: { request: { version: 1 }, reply: policy },
  },
  {
    ...reading,
    path: '/policy/templates',
    operationId: 'listPolicyTemplates',
    summary: 'List policy templates',
    description: 'Send the `document` of a template, unchanged or edited, with PUT /policy.',
    roles: tenantRoles,
    contract: listPolicyTemplates,
    errors: [],
    example: { reply: { items: [template] } },
  },
  {
    ...reading,
    path: '/policy/templates/{template}',
    operationId: 'getPolicyTemplate',
    summary: 'Read a policy template',
    roles: tenantRoles,
    contract: getPolicyTemplate,
    errors: ['policy-template-not-found'],
    example: { reply: template },
  },
];
