import { AnkaError } from '@ankasecure/contracts';

/** Why a decryption failed: for the audit trail only. */
export type DecryptionFailureCode =
  | 'segment-encoding'
  | 'segment-length'
  | 'aad-mismatch'
  | 'unwrap-failed'
  | 'cek-length'
  | 'tag-mismatch';

/** The true cause of a `decryption-failed`; callers never see it. */
export class DecryptionFailure extends Error {
  override readonly name = 'DecryptionFailure';
  constructor(readonly code: DecryptionFailureCode) {
    super(code);
  }
}

/** Every failed decryption is this one error, byte for byte, whatever went wrong. */
export const decryptionFailed = (code: DecryptionFailureCode): AnkaError =>
  new AnkaError('decryption-failed', 'The JWE cannot be decrypted with this key and this additional data.', {
    cause: new DecryptionFailure(code),
  });

/** True for custody's answer to an input that does not decrypt or unwrap, false for a token in trouble. */
export const isDecryptionFailure = (error: unknown): boolean =>
  error instanceof AnkaError && error.code === 'decryption-failed';
