import type { Alg } from '@ankasecure/algorithm';
import {
  type AnkaError,
  type AuditEvent,
  type AuditedAction,
  auditEvent,
  type Context,
  unchanged,
} from '@ankasecure/contracts';
import { ImportFailure } from '../custody/import-failed.js';
import type { KeyVersion } from '../key/key-version.js';

/** An action's name and details in its audit events, however it ends. */
export interface NamedAction extends Pick<AuditedAction, 'operation' | 'details'> {
  readonly keyId?: string | null | undefined;
  readonly algorithm?: string | null | undefined;
}

/** Builds an event of an action. @param more what the event says besides the action's name and details, or instead of them */
export const eventOf = (
  context: Context,
  { operation, keyId, algorithm, details }: NamedAction,
  more: Partial<AuditedAction> = {},
): AuditEvent =>
  auditEvent(context, { operation, keyId: keyId ?? null, algorithm: algorithm ?? null, details, ...more });

/** The details of an event whose call changed nothing, because another call did its work. */
export const nothingChanged = ({ details }: NamedAction): Pick<AuditedAction, 'details'> => ({
  details: { ...details, ...unchanged },
});

/** The details of an event that name the key version that was used. */
export const usedKey = (key: KeyVersion, alg?: Alg): Record<string, string> => ({
  version: String(key.version),
  custody: key.custody,
  ...(alg === undefined ? {} : { alg }),
});

/** The failure code for the audit trail. Callers see all decryption failures alike; the trail names the true cause. */
export const failureCodeOf = (error: AnkaError): string =>
  error.cause instanceof ImportFailure ? `import-failed:${error.cause.code}` : causeOf(error);

const causeOf = (error: AnkaError): string =>
  error.code === 'decryption-failed' && error.cause instanceof Error
    ? `decryption-failed:${error.cause.message}`.slice(0, 64)
    : error.code;
