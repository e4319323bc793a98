import { isMlKemSet, mlKemSizes } from '@ankasecure/algorithm';
import type { KeyRef } from '../../custody.js';

/** Tells whether a ciphertext has the length of the key's parameter set. */
export const fitsKem = ({ algorithm }: KeyRef, ciphertext: Uint8Array): boolean =>
  isMlKemSet(algorithm) && ciphertext.length === mlKemSizes[algorithm].outputBytes;

/** RFC 3394: two semiblocks at least, and the check. */
export const isWrappedCek = ({ length }: Uint8Array): boolean => length >= 24 && length % 8 === 0 && length <= 520;
