import type { ErrorCode } from '@ankasecure/contracts';
import { tenantRoles } from '../auth/role.js';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import {
  type Approval,
  approveRequest,
  getApproval,
  listApprovals,
  rejectRequest,
  withdrawRequest,
} from './approval.contract.js';
import { waiting } from './approval.example.js';

const decided = {
  decidedBy: 'bob@acme.example',
  decidedByIssuer: waiting.requestedByIssuer,
  decidedAt: instants.occurred,
} as const;
const approved: Approval = {
  ...waiting,
  ...decided,
  state: 'approved',
  outcome: { status: 200, body: { id: ids.signingKey, state: 'DESTROY_SCHEDULED', destroyAt: instants.later } },
};

const about = { tag: 'Approvals', status: 200, withinMs: 15_000 } as const;
const one = { ...about, path: '/approvals/{id}', unknownId: 'approval-not-found' } as const;
const decision = {
  ...one,
  method: 'POST',
  takes: 'body',
  dryRun: true,
  roles: ['tenant-admin', 'application-admin'],
  errors: ['approval-not-found', 'approval-denied', 'approval-state'],
} as const;

/** The refusals of the operations that can need two people. The operation's refusal is the answer to its approval. */
const ofOperations: readonly ErrorCode[] = [
  'key-not-found',
  'key-access-denied',
  'key-state',
  'policy-pending',
  'policy-version-not-found',
  'policy-not-applied',
  'issuer-not-found',
  'issuer-exists',
  'subject-prefix-taken',
  'issuers-overlap',
  'exclusion-not-found',
];

export const approvalRoutes: readonly Route[] = [
  {
    ...about,
    method: 'GET',
    path: '/approvals',
    operationId: 'listApprovals',
    summary: 'List requests for approval',
    description:
      'Requests are sorted newest first. A caller sees the requests it made and those its roles may decide; an auditor sees all. A request is kept for 30 days after it ends.',
    roles: tenantRoles,
    contract: listApprovals,
    takes: 'parameters',
    errors: ['cursor-invalid'],
    example: { reply: { items: [waiting], next: null } },
  },
  {
    ...one,
    method: 'GET',
    operationId: 'getApproval',
    summary: 'Read a request for approval',
    roles: tenantRoles,
    contract: getApproval,
    takes: 'parameters',
    errors: ['approval-not-found'],
    example: { reply: approved },
  },
  {
    ...decision,
    path: '/approvals/{id}/approve',
    operationId: 'approveRequest',
    decides: 'approve',
    summary: 'Approve a request',
    description:
      'The approver must be another person than the requester and must have a role that may perform the operation; the role user alone is not enough. A service account cannot approve, nor can a person whose name another issuer can give too. The operation runs at once in the approver’s name, subject to all other checks, and the reply holds its outcome. If the operation is refused, the answer is its refusal, the request keeps it as its outcome, and nothing was changed. If the answer is retryable, the same person can approve the request again. A dry run reports what the operation would do, or why the caller cannot approve it.',
    contract: approveRequest.contract,
    body: approveRequest.body,
    withinMs: 30_000,
    errors: [...decision.errors, ...ofOperations],
    example: { request: {}, reply: approved },
  },
  {
    ...decision,
    path: '/approvals/{id}/reject',
    operationId: 'rejectRequest',
    decides: 'reject',
    summary: 'Reject a request',
    description:
      'Anyone who could approve the request can reject it, while it is pending or approved but not completed.',
    contract: rejectRequest.contract,
    body: rejectRequest.body,
    example: {
      request: { reason: 'still in use' },
      reply: { ...waiting, ...decided, state: 'rejected', reason: 'still in use' },
    },
  },
  {
    ...one,
    method: 'DELETE',
    operationId: 'withdrawRequest',
    summary: 'Withdraw a request for approval',
    description:
      'Only the caller that made the request can withdraw it, while it is pending or approved but not completed.',
    roles: ['tenant-admin', 'application-admin', 'user'],
    contract: withdrawRequest,
    takes: 'parameters',
    dryRun: true,
    errors: ['approval-not-found', 'approval-denied', 'approval-state'],
    example: {
      reply: { ...waiting, ...decided, state: 'withdrawn', decidedBy: waiting.requestedBy },
    },
  },
];
