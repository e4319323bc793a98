import { ids, instants } from '../route/example.js';
import type { Approval } from './approval.contract.js';

/** The answer to a request that needs two people. */
export const waiting: Approval = {
  id: ids.approval,
  tenantId: ids.tenant,
  operation: 'deleteKey',
  request: { id: ids.signingKey, waitingDays: '30' },
  ifMatch: 1,
  requestedBy: 'alice@acme.example',
  requestedByIssuer: 'https://login.acme.example',
  createdAt: instants.created,
  expiresAt: instants.nextDay,
  state: 'pending',
  decidedBy: null,
  decidedByIssuer: null,
  decidedAt: null,
  reason: null,
  outcome: null,
};
