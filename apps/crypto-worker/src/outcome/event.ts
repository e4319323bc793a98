import type { Alg } from '@ankasecure/algorithm';
import type { AnkaError } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';

/** The details of an event that name the key version that was used. */
export const usedKey = (key: KeyVersion, alg?: Alg): Record<string, string> => ({
  version: String(key.version),
  custody: key.custody,
  ...(alg === undefined ? {} : { alg }),
});

/** The failure code for the audit trail. Callers see all decryption failures alike; the trail names the true cause. */
export const failureCodeOf = (error: AnkaError): string =>
  error.code === 'decryption-failed' && error.cause instanceof Error
    ? `decryption-failed:${error.cause.message}`.slice(0, 64)
    : error.code;
