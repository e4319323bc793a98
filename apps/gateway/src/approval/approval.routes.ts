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

const decided = { decidedBy: 'bob@acme.example', decidedAt: instants.occurred } as const;
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

export const approvalRoutes: readonly Route[] = [
  {
    ...about,
    method: 'GET',
    path: '/approvals',
    operationId: 'listApprovals',
    summary: 'List what waits for a second person, and what became of it',
    description:
      'Newest first: what the caller asked for, what its roles let it decide, and for an auditor all of it. Kept for 30 days after it is over.',
    roles: tenantRoles,
    contract: listApprovals,
    takes: 'parameters',
    errors: [],
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
    summary: 'Approve what somebody else asked for, and have it done',
    description:
      'By a person other than who asked, with a role that may do it (and not `user` alone); no service account approves. It is carried out in the approver’s name at once, as far as everything else allows it then, and the reply holds its outcome. An answer that says it may be repeated leaves it to be approved again by the same person. A dry run answers what the deed would come to, or why it is not for the caller to approve.',
    contract: approveRequest.contract,
    body: approveRequest.body,
    withinMs: 30_000,
    errors: [...decision.errors, 'service-unavailable', 'policy-not-applied'],
    example: { request: {}, reply: approved },
  },
  {
    ...decision,
    path: '/approvals/{id}/reject',
    operationId: 'rejectRequest',
    decides: 'reject',
    summary: 'Reject what somebody else asked for',
    description: 'By whoever could approve it, while it waits, or was approved and came to no end.',
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
    summary: 'Withdraw what one has asked for',
    description: 'While it waits, or was approved and came to no end.',
    roles: ['tenant-admin', 'application-admin', 'user'],
    contract: withdrawRequest,
    takes: 'parameters',
    dryRun: true,
    errors: ['approval-not-found', 'approval-denied', 'approval-state'],
    example: {
      reply: { ...waiting, state: 'withdrawn', decidedBy: waiting.requestedBy, decidedAt: instants.occurred },
    },
  },
];
