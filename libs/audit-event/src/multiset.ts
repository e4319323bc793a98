import { createHash } from 'node:crypto';

/** Lanes of 16 bits. The parameters are those of LtHash16 (Bellare and Micciancio 1997; Lewi et al. 2019), at about 200 bits of security. */
const lanes = 1024;

/** The length of a multiset's hash, in bytes. */
export const multisetBytes = 2 * lanes;

/** The hash of the empty multiset. */
export const emptyMultiset = (): Buffer => Buffer.alloc(multisetBytes);

const spread = (element: Uint8Array): Buffer =>
  createHash('shake256', { outputLength: multisetBytes }).update(element).digest();

const combine = (sum: Uint8Array, element: Uint8Array, sign: 1 | -1): Buffer => {
  if (sum.length !== multisetBytes) throw new TypeError(`a multiset hash has ${multisetBytes} bytes`);
  const result = Buffer.from(sum);
  const added = spread(element);
  for (let at = 0; at < multisetBytes; at += 2)
    result.writeUInt16LE((result.readUInt16LE(at) + sign * added.readUInt16LE(at)) & 0xffff, at);
  return result;
};

/**
 * The hash of a multiset with one element more. Elements are added and removed in any order, and nobody finds another multiset
 * with the same hash.
 */
export const withElement = (sum: Uint8Array, element: Uint8Array): Buffer => combine(sum, element, 1);

/** The hash of a multiset with one element less. */
export const withoutElement = (sum: Uint8Array, element: Uint8Array): Buffer => combine(sum, element, -1);
