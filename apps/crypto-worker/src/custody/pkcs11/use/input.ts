import { isMlKemSet, mlKemSizes } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyRef } from '../../custody.js';

/** Tells whether a ciphertext has the length of the key's parameter set. */
export const fitsKem = ({ algorithm }: KeyRef, ciphertext: Uint8Array): boolean =>
  isMlKemSet(algorithm) && ciphertext.length === mlKemSizes[algorithm].outputBytes;

/** RFC 3394: two semiblocks at least, and the check. */
export const isWrappedCek = ({ length }: Uint8Array): boolean => length >= 24 && length % 8 === 0 && length <= 520;

/** The most random bytes of one call. */
const most = 1024;

/** The request for `length` random bytes, as a part of a job. */
export const randomRequest = (length: number): Buffer => {
  if (!Number.isInteger(length) || length < 1 || length > most) throw new AnkaError('internal-error');
  const part = Buffer.alloc(4);
  part.writeUInt32BE(length);
  return part;
};

/** From as many bytes on, no generator gives zeros alone. */
const neverZero = 16;

/** @throws AnkaError `hsm-error` for a token that answers with less than it was asked for, or with nothing but zeros */
export const checkedRandom = (bytes: Uint8Array, length: number): Uint8Array => {
  if (bytes.length === length && (length < neverZero || bytes.some((byte) => byte !== 0))) return bytes;
  throw new AnkaError('hsm-error');
};
