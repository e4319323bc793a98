import { hash } from 'node:crypto';
import { decryptionFailed } from './decryption-failure.js';
import type { JweHeader } from './read-jwe.js';

/** Value of the header member `aad#S256`: base64url of the SHA-256 of the caller's additional data. */
export const aadHashOf = (aad: Uint8Array): string => hash('sha256', aad, 'base64url');

/**
 * Checks that the additional data is present exactly if the header binds it, and that it is the same. Nothing here is
 * secret.
 * @throws AnkaError `decryption-failed`
 */
export const requireSameAad = ({ aadHash }: JweHeader, aad: Uint8Array | undefined): void => {
  if (aadHash !== (aad === undefined ? null : aadHashOf(aad))) throw decryptionFailed('aad-mismatch');
};
