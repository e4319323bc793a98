import { createHash } from 'node:crypto';

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

const magic = Buffer.from('ankasecure trail anchor 2\0');

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

/**
 * The digest of an anchor, base64url: SHA-256 of magic ‖ number (u64be) ‖ for each trail, by tenant: the tenant id's 16 bytes ‖
 * seq (u64be) ‖ 32 bytes of hash ‖ the index's seq (u64be) ‖ its MAC, 32 bytes, unless its seq is 0.
 */
export const anchorDigest = (number: number, heads: readonly AnchoredHead[]): string => {
  const digest = createHash('sha256').update(magic).update(u64(number));
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
