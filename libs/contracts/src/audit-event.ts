import { approvalDetails } from './approval.js';
import type { AuditEvent } from './audit.js';
import type { Context } from './bus.js';
import { AnkaError } from './error.js';
import { newId } from './id.js';

/** The members of the context that an audit event needs: tenant, principal, request, the client's address, approval and trace. */
export type Actor = Pick<
  Context,
  'tenantId' | 'principal' | 'issuer' | 'correlationId' | 'clientAddress' | 'approval' | 'traceparent'
>;

/** An action as an audit event reports it. Absent members: no key, no algorithm, no failure, no details. */
export interface AuditedAction {
  /** `key.create`, `encrypt`, `policy.put`, … */
  readonly operation: string;
  readonly keyId?: string | null;
  readonly algorithm?: string | null;
  /** Null or absent: the action succeeded. */
  readonly failureCode?: string | null;
  /** Only where it does not follow from `failureCode`. */
  readonly outcome?: AuditEvent['outcome'];
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** The detail of an accepted call that found its wish fulfilled already: it is on record, and nothing changed. */
export const unchanged = { unchanged: 'true' } as const;

/**
 * Tells whether a refusal enters the trail. A tenant that does not exist has no trail, and its events would wait for ever.
 */
export const isRecordable = (error: unknown): error is AnkaError =>
  error instanceof AnkaError && error.code !== 'tenant-unknown';

/** The issuer that vouches for the principal. Empty where a service acts by itself. */
export const userIssuer = ({ issuer }: Pick<Context, 'issuer'>): Readonly<Record<string, string>> =>
  issuer === undefined ? {} : { userIssuer: issuer };

const addressDetails = ({ clientAddress }: Actor): Readonly<Record<string, string>> =>
  clientAddress === undefined ? {} : { clientAddress };

/** The span that the action is part of, if it is exported. It travels to the audit service with the event and is not sealed. */
const traceDetails = ({ traceparent }: Actor): Readonly<Record<string, string>> =>
  traceparent !== undefined && isSampled(traceparent) ? { traceparent } : {};

/** The flag `sampled` is the last bit of the last two digits (W3C Trace Context §3.2.2.5.1). */
const isSampled = (traceparent: string): boolean => (Number.parseInt(traceparent.slice(-1), 16) & 1) === 1;

/** Builds the audit event of an action that happened now. Every service builds its events here. */
export const auditEvent = (actor: Actor, action: AuditedAction): AuditEvent => ({
  eventId: newId(),
  tenantId: actor.tenantId,
  userId: actor.principal,
  keyId: action.keyId ?? null,
  algorithm: action.algorithm ?? null,
  operation: action.operation,
  outcome: action.outcome ?? ((action.failureCode ?? null) === null ? 'success' : 'failure'),
  failureCode: action.failureCode ?? null,
  occurredAt: Date.now() * 1000,
  correlationId: actor.correlationId,
  details: {
    ...action.details,
    ...userIssuer(actor),
    ...addressDetails(actor),
    ...approvalDetails(actor),
    ...traceDetails(actor),
  },
});
