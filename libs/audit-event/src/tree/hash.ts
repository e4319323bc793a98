import { hash } from 'node:crypto';

/** The bytes of a SHA-256 hash. */
export const hashBytes = 32;

const entryPrefix = Buffer.of(0);
const nodePrefix = 1;

/** The hash of a leaf: SHA-256 of 00 and the entry (RFC 6962 §2.1). `leafHash` is this hash of `leafEntry`. */
export const entryHash = (entry: Uint8Array): Buffer => hash('sha256', Buffer.concat([entryPrefix, entry]), 'buffer');

/** The hash of an inner node: SHA-256 of 01 and the hashes of its children (RFC 6962 §2.1). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(1 + 2 * hashBytes);
  bytes[0] = nodePrefix;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashBytes);
  return hash('sha256', bytes, 'buffer');
};

/** The root of a tree without leaves: SHA-256 of nothing. */
export const emptyRoot = hash('sha256', '', 'buffer');

/** The root of a perfect subtree. @param hashes of its lowest level, concatenated. Their number is a power of two */
export const perfectRoot = (hashes: Uint8Array): Buffer => {
  let level = Buffer.from(hashes);
  while (level.length > hashBytes) {
    const above = Buffer.allocUnsafe(level.length / 2);
    for (let at = 0; at < above.length; at += hashBytes) {
      const [middle, end] = [2 * at + hashBytes, 2 * at + 2 * hashBytes];
      above.set(nodeHash(level.subarray(2 * at, middle), level.subarray(middle, end)), at);
    }
    level = above;
  }
  return level;
};

/** Joins the roots of perfect subtrees, from left to right and ever smaller, to the root over all of them. */
export const joinPeaks = (peaks: readonly Uint8Array[]): Buffer => {
  const last = peaks.at(-1);
  if (last === undefined) return emptyRoot;
  return peaks.slice(0, -1).reduceRight((right: Buffer, left) => nodeHash(left, right), Buffer.from(last));
};
