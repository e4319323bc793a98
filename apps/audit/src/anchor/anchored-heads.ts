import { createHash } from 'node:crypto';
import { uuidForm } from '@ankasecure/contracts';

/** The end of one trail when it was anchored. */
export interface AnchoredHead {
  readonly tenantId: string;
  readonly seq: number;
  /** The leaf hash of the last row. */
  readonly hash: Buffer;
  /** The index of the tenant's records: the last event that changed it, and its MAC. 0 and empty if there is none. */
  readonly indexSeq: number;
  readonly indexMac: Buffer;
}

/** The trails that an anchor binds. */
export interface AnchoredTrails {
  /** The number of the last anchor that an operator accepted; 0 if there was none. */
  readonly accepted: number;
  readonly heads: readonly AnchoredHead[];
}

const hashBytes = 32;

const isPlain = ({ tenantId, seq, hash, indexSeq, indexMac }: AnchoredHead): boolean =>
  uuidForm.test(tenantId) &&
  Number.isSafeInteger(seq) &&
  seq > 0 &&
  hash.length === hashBytes &&
  Number.isSafeInteger(indexSeq) &&
  (indexMac.length === hashBytes || (indexSeq === 0 && indexMac.length === 0));

/**
 * Whether heads have the form that the digest of an anchor binds, and no tenant has two. Whoever owns the database may tell others,
 * which have the same bytes one after the other.
 */
export const arePlain = (heads: readonly AnchoredHead[]): boolean =>
  heads.every(isPlain) && new Set(heads.map(({ tenantId }) => tenantId)).size === heads.length;

const magic = Buffer.from('ankasecure trail anchor 2\0');
/** The magic of every anchor that follows the first acceptance. */
const acceptedMagic = Buffer.from('ankasecure trail anchor 3\0');

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

/**
 * The digest of an anchor, base64url: SHA-256 of magic ‖ number (u64be) ‖ accepted (u64be), unless it is 0 ‖ for each trail, by
 * tenant: the tenant id's 16 bytes ‖ seq (u64be) ‖ 32 bytes of hash ‖ the index's seq (u64be) ‖ its MAC, 32 bytes; nothing if
 * there is no index.
 */
export const anchorDigest = (number: number, { accepted, heads }: AnchoredTrails): string => {
  const digest = createHash('sha256');
  if (accepted === 0) digest.update(magic).update(u64(number));
  else digest.update(acceptedMagic).update(u64(number)).update(u64(accepted));
  for (const { tenantId, seq, hash, indexSeq, indexMac } of heads.toSorted((a, b) =>
    a.tenantId < b.tenantId ? -1 : 1,
  ))
    digest
      .update(Buffer.from(tenantId.replaceAll('-', ''), 'hex'))
      .update(u64(seq))
      .update(hash)
      .update(u64(indexSeq))
      .update(indexMac);
  return digest.digest('base64url');
};
