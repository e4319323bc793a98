import type { OwnService } from '../route/own-service.js';
import { getApproval, listApprovals, withdrawRequest } from './approval.contract.js';
import type { Approvals } from './approvals.js';

/** What there is to see of approvals, and who asked taking it back. Deciding takes more than a context: see `second-person.ts`. */
export const serveApprovals = (own: OwnService, approvals: Approvals): void => {
  own.serve(listApprovals, async (context, query) => ({ body: await approvals.list(context, query) }));
  own.serve(getApproval, async (context, { id }) => ({ body: await approvals.get(context, id) }));
  own.serve(
    withdrawRequest,
    async (context, { id }) => ({ body: await approvals.withdraw(context, id) }),
    (context, { id }) => approvals.rehearseWithdrawal(context, id),
  );
};
