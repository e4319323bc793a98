import { randomUUID } from 'node:crypto';
import type { Alg, AlgorithmName } from '@ankasecure/algorithm';
import { type AnkaError, type AuditEvent, approvalDetails, type Context, userIssuer } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';

export interface Happened {
  readonly operation: string;
  readonly keyId: string | null;
  readonly algorithm: AlgorithmName | null;
  readonly outcome: AuditEvent['outcome'];
  readonly failureCode: string | null;
  readonly details?: Readonly<Record<string, string>>;
}

/** Microseconds since the epoch, by the wall clock. */
const now = (): number => Date.now() * 1000;

export const eventOf = (
  context: Pick<Context, 'tenantId' | 'principal' | 'issuer' | 'correlationId' | 'approval'>,
  happened: Happened,
): AuditEvent => ({
  eventId: randomUUID(),
  tenantId: context.tenantId,
  userId: context.principal,
  keyId: happened.keyId,
  algorithm: happened.algorithm,
  operation: happened.operation,
  outcome: happened.outcome,
  failureCode: happened.failureCode,
  occurredAt: now(),
  correlationId: context.correlationId,
  details: { ...happened.details, ...userIssuer(context), ...approvalDetails(context) },
});

/** What every event says of the key version that was used. */
export const usedKey = (key: KeyVersion, alg?: Alg): Record<string, string> => ({
  version: String(key.version),
  custody: key.custody,
  ...(alg === undefined ? {} : { alg }),
});

/**
 * The code for the audit trail. A decryption failure looks the same to every caller, and its true cause stands here.
 */
export const failureCodeOf = (error: AnkaError): string =>
  error.code === 'decryption-failed' && error.cause instanceof Error
    ? `decryption-failed:${error.cause.message}`.slice(0, 64)
    : error.code;
