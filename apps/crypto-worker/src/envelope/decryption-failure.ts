import { AnkaError } from '@ankasecure/contracts';

/** The cause of a failed decryption, for the audit trail only. */
export type DecryptionFailureCode =
  | 'segment-encoding'
  | 'segment-length'
  | 'aad-mismatch'
  | 'unwrap-failed'
  | 'cek-length'
  | 'tag-mismatch';

/** The true cause of a `decryption-failed`. Callers never see it. */
export class DecryptionFailure extends Error {
  override readonly name = 'DecryptionFailure';
  constructor(readonly code: DecryptionFailureCode) {
    super(code);
  }
}

/** Every failed decryption is this error, byte for byte, whatever the cause. */
export const decryptionFailed = (code: DecryptionFailureCode): AnkaError =>
  new AnkaError('decryption-failed', 'The JWE cannot be decrypted with this key and this additional data.', {
    cause: new DecryptionFailure(code),
  });

/** True if custody reports an input that does not decrypt or unwrap; false if the token itself failed. */
export const isDecryptionFailure = (error: unknown): boolean =>
  error instanceof AnkaError && error.code === 'decryption-failed';
