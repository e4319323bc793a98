import { instant, page, pageLimit, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { ownContract } from '../route/own-service.js';

/** `expired` is never on record: it is what a pending request is whose time is over. */
export const approvalStates = ['pending', 'approved', 'rejected', 'withdrawn', 'expired'] as const;

export const approval = z
  .strictObject({
    id: uuid,
    tenantId: uuid,
    operation: z.string().describe('The operationId of what was asked for.'),
    request: z.record(z.string(), z.unknown()).describe('What was asked for: the body, and the parameters.'),
    ifMatch: z
      .number()
      .int()
      .positive()
      .nullable()
      .describe(
        'The revision it was asked for of, which has to be the current one when it is carried out; null: it is about none.',
      ),
    requestedBy: z.string(),
    createdAt: instant,
    expiresAt: instant.describe('From then on it can be approved no more.'),
    state: z.enum(approvalStates),
    decidedBy: z.string().nullable(),
    decidedAt: instant.nullable(),
    reason: z.string().nullable().describe('Why it was rejected.'),
    outcome: z
      .strictObject({ status: z.number().int(), body: z.unknown().describe('The reply, or a problem.') })
      .nullable()
      .describe('What the operation answered when it was carried out. null with `approved`: approve it again.'),
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof approval>;

/** Newest first. A cursor is the id of the last one of a page: it tells nothing that the page did not, and holds in its tenant only. */
export const listApprovals = ownContract(
  'approval.list',
  z.strictObject({ state: z.enum(approvalStates).optional(), limit: pageLimit, cursor: uuid.optional() }),
  page(approval),
);
export const getApproval = ownContract('approval.get', z.strictObject({ id: uuid }), approval);

/** The reply holds the outcome of what was asked for. */
export const approveRequest = {
  body: z.strictObject({}).meta({ id: 'ApproveRequest' }),
  contract: ownContract('approval.approve', z.strictObject({ id: uuid }), approval),
};

const why = { reason: text(256).optional().describe('For whoever asked; kept in the audit trail.') };
export const rejectRequest = {
  body: z.strictObject(why).meta({ id: 'RejectRequest' }),
  contract: ownContract('approval.reject', z.strictObject({ id: uuid, ...why }), approval),
};

export const withdrawRequest = ownContract('approval.withdraw', z.strictObject({ id: uuid }), approval);
