import { evaluatePolicy, evaluatePolicyChange, getPolicy, putPolicy } from '@ankasecure/contracts';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { document, notListed, policy } from './policy.example.js';

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
    description: 'When the answer is 200, the new policy is in force on every worker. It applies to existing keys too.',
    roles: ['tenant-admin'],
    contract: putPolicy,
    takes: 'body',
    conditional: true,
    dryRun: true,
    controlled: true,
    tellsSharedIssuer: true,
    withinMs: 30_000,
    errors: ['policy-pending', 'issuers-overlap', 'policy-not-applied', 'audit-unavailable'],
    example: { request: document, reply: policy },
  },
  {
    method: 'POST',
    path: '/policy/evaluate',
    operationId: 'evaluatePolicy',
    tag: 'Policy',
    status: 200,
    summary: 'Evaluate the policy for a use of a key',
    description:
      'Evaluates the policy in force, now or at another time, without using a key. The reply names the deciding rule, its source, all reasons, and how long the decision holds. A use that the policy allows but the platform or the token cannot perform is reported as not allowed: its reason has the rule `platform` and the code of the problem that the call would return.',
    roles: ['tenant-admin', 'application-admin', 'auditor'],
    contract: evaluatePolicy,
    takes: 'body',
    withinMs: 10_000,
    errors: ['key-not-found'],
    example: {
      request: { use: 'protect', algorithm: 'RSA-3072', purpose: 'sign', at: '2030-01-01T00:00:00Z' },
      reply: {
        allow: false,
        rule: 'sunsets',
        source: 'the tenant’s policy',
        reasons: [
          {
            code: 'policy',
            rule: 'sunsets',
            detail: 'The tenant’s policy does not allow RSA-3072 to protect data since 2030-01-01T00:00:00Z',
            source: 'the tenant’s policy',
          },
        ],
        warnings: [],
        until: null,
        policyVersion: 3,
        algorithm: 'RSA-3072',
        purpose: 'sign',
        custody: 'token',
        outsideSteps: [],
      },
    },
  },
  {
    method: 'POST',
    path: '/policy/evaluate-change',
    operationId: 'evaluatePolicyChange',
    tag: 'Policy',
    status: 200,
    summary: 'Evaluate a proposed policy',
    description:
      'Reports the effect of a proposed policy without changing the one in force. The reply lists, page by page, the key versions that would lose a use they have now, and the recent calls that would have been refused, including calls that create, import or rotate keys. Send the same document with each cursor.',
    roles: ['tenant-admin'],
    contract: evaluatePolicyChange,
    takes: 'body',
    withinMs: 30_000,
    errors: ['cursor-invalid'],
    example: {
      request: { document: { allowedAlgorithms: ['RSA-3072', 'AES-256'], fipsOnly: true } },
      reply: {
        policyVersion: 3,
        versions: {
          checked: 2,
          refused: 1,
          items: [
            {
              keyId: ids.signingKey,
              label: 'invoice signing',
              version: 1,
              algorithm: 'EC-P256',
              purpose: 'sign',
              custody: 'token',
              refused: [
                { use: 'protect', reasons: [notListed] },
                { use: 'process', reasons: [notListed] },
              ],
            },
          ],
          next: null,
        },
        operations: {
          since: instants.created,
          checked: 1204,
          refused: 47,
          complete: true,
          items: [
            {
              operation: 'sign',
              keyId: ids.signingKey,
              version: 1,
              algorithm: 'EC-P256',
              count: 47,
              lastAt: instants.occurred,
              reasons: [notListed],
            },
          ],
        },
      },
    },
  },
];
