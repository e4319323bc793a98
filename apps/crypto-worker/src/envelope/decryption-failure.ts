import { AnkaError, mostVersionsTried } from '@ankasecure/contracts';

/** The cause of a failed decryption, for the audit trail only. */
export type DecryptionFailureCode = 'segment-length' | 'aad-mismatch' | 'unwrap-failed' | 'cek-length' | 'tag-mismatch';

/** The true cause of a `decryption-failed`. Callers never see it. */
export class DecryptionFailure extends Error {
  override readonly name = 'DecryptionFailure';
  constructor(readonly code: DecryptionFailureCode) {
    super(code);
  }
}

/** The same for every cause and key: which versions were not tried is in the audit event alone. */
const detail =
  'The JWE cannot be decrypted with this key and this additional data. If neither it nor the request names a version, ' +
  `only those of the newest ${mostVersionsTried} that may decrypt were tried: send version for another.`;

/** Every failed decryption is this error, byte for byte, whatever the cause. */
export const decryptionFailed = (code: DecryptionFailureCode): AnkaError =>
  new AnkaError('decryption-failed', detail, { cause: new DecryptionFailure(code) });

/** True if custody reports an input that does not decrypt or unwrap; false if the token itself failed. */
export const isDecryptionFailure = (error: unknown): boolean =>
  error instanceof AnkaError && error.code === 'decryption-failed';
