import { cursor, instant, page, pageLimit, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { ownContract } from '../route/own-contract.js';

/** `expired` is never stored. A pending request is `expired` after its end date. */
export const approvalStates = ['pending', 'approved', 'rejected', 'withdrawn', 'expired'] as const;

export const approval = z
  .strictObject({
    id: uuid,
    tenantId: uuid,
    operation: z.string().describe('The operationId of the requested operation.'),
    request: z.record(z.string(), z.unknown()).describe('The requested body and parameters.'),
    ifMatch: z
      .number()
      .int()
      .positive()
      .nullable()
      .describe(
        'The revision of the resource that the request is based on, or null if the resource has none. The operation runs only if it is still the current revision.',
      ),
    requestedBy: z.string(),
    requestedByIssuer: z.string().describe('The issuer that names the requester. Compare it with your own.'),
    createdAt: instant,
    expiresAt: instant.describe('The time from which the request can no longer be approved.'),
    state: z.enum(approvalStates),
    decidedBy: z.string().nullable(),
    decidedByIssuer: z
      .string()
      .nullable()
      .describe('The issuer that names the person who decided. It is unknown for a decision of an earlier version.'),
    decidedAt: instant.nullable(),
    reason: z.string().nullable().describe('The reason why the request was rejected.'),
    outcome: z
      .strictObject({
        status: z.number().int(),
        body: z.unknown().describe('The reply of the operation, or a problem.'),
      })
      .nullable()
      .describe('The answer of the operation. If it is null and the state is `approved`, approve the request again.'),
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof approval>;

/** Newest first. */
export const listApprovals = ownContract(
  'approval.list',
  z.strictObject({ state: z.enum(approvalStates).optional(), limit: pageLimit, cursor: cursor.optional() }),
  page(approval),
);
export const getApproval = ownContract('approval.get', z.strictObject({ id: uuid }), approval);

/** The reply contains the outcome of the requested operation. */
export const approveRequest = {
  body: z.strictObject({}).meta({ id: 'ApproveRequest' }),
  contract: ownContract('approval.approve', z.strictObject({ id: uuid }), approval),
};

const why = {
  reason: text(256).optional().describe('The reason, for the requester. It is stored in the audit trail.'),
};
export const rejectRequest = {
  body: z.strictObject(why).meta({ id: 'RejectRequest' }),
  contract: ownContract('approval.reject', z.strictObject({ id: uuid, ...why }), approval),
};

export const withdrawRequest = ownContract('approval.withdraw', z.strictObject({ id: uuid }), approval);
