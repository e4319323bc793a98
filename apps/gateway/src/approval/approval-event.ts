import { randomUUIDv7 } from 'node:crypto';
import { type AuditEvent, type Context, userIssuer } from '@ankasecure/contracts';
import type { Principal } from '../auth/principal.js';
import type { ApprovalRow } from './approval-row.js';
import { controlledRoute } from './controlled-route.js';

/** Longest value of an event's details. */
const maxDetail = 512;

/** Somebody who asks, decides or withdraws, or tries to, or ends what others asked for, in the request of that correlation id. */
export type Actor = Pick<Principal, 'tenantId' | 'subject'> & Pick<Context, 'issuer' | 'correlationId'>;

type Asked = Pick<ApprovalRow, 'id' | 'operation' | 'request' | 'requested_by'>;

/** The key that was asked about, where it is one. */
const keyOf = ({ operation, request }: Asked): string | null =>
  controlledRoute(operation).right === undefined ? null : (JSON.parse(request) as { id: string }).id;

/** What the trail says of a request that takes two people. Its deed is reported by whoever does it, with the request's id. */
export const approvalEvent = (
  { tenantId, subject, issuer, correlationId }: Actor,
  what: 'request' | 'approve' | 'reject' | 'withdraw' | 'end',
  asked: Asked,
  { failureCode = null, details = {} }: Partial<Pick<AuditEvent, 'failureCode' | 'details'>> = {},
): AuditEvent => ({
  eventId: randomUUIDv7(),
  tenantId,
  userId: subject,
  keyId: keyOf(asked),
  algorithm: null,
  operation: `approval.${what}`,
  outcome: failureCode === null ? 'success' : 'failure',
  failureCode,
  occurredAt: Date.now() * 1000,
  correlationId,
  details: {
    approvalId: asked.id,
    requestedBy: asked.requested_by,
    requested: asked.operation,
    request: asked.request.slice(0, maxDetail).toWellFormed(),
    ...details,
    ...userIssuer({ issuer }),
  },
});
