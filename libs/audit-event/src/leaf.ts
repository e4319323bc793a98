import { createHash, hash } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { putInteger } from './field.js';

/** The values that a leaf of a tenant's trail binds. */
export interface Leaf {
  readonly seq: number;
  readonly eventId: string;
  /** 32 bytes: the hash of the previous leaf, or `genesisHash`. */
  readonly previousHash: Uint8Array;
  readonly macKeyId: string;
  readonly canonical: Uint8Array;
  /** 32 bytes. */
  readonly hmac: Uint8Array;
  /** The text of `detailsText`. */
  readonly details: string;
  /** Microseconds since the epoch. */
  readonly sealedAt: number;
}

/**
 * Encodes free-form details as RFC 8785 requires: one JSON object, members sorted by UTF-16 code units, no white space.
 * Values are strings only, so no number is ever rounded. Absent details are `{}`.
 * @throws AnkaError `request-invalid` for ill-formed UTF-16
 */
export const detailsText = (details: Readonly<Record<string, string>> = {}): string => {
  let members = '';
  for (const name of Object.keys(details).sort())
    members += `${members === '' ? '' : ','}${stringText(name)}:${stringText(details[name])}`;
  return `{${members}}`;
};

/** Printable ASCII without the quote and the backslash, which JSON writes as it is. */
const plain = /^[ !#-[\]-~]*$/;

const stringText = (value: string | undefined): string => {
  if (value !== undefined && plain.test(value)) return `"${value}"`;
  if (value?.isWellFormed() !== true) throw new AnkaError('request-invalid', 'details: must be well-formed Unicode');
  return JSON.stringify(value);
};

/** The first byte under a leaf's hash (RFC 6962 §2.1), so that an inner node cannot pass for a leaf. */
const leafPrefix = 0;

const int64 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  putInteger(bytes, value, 0);
  return bytes;
};

/** The bytes under a leaf's hash: the prefix and the entry. */
const hashedBytes = (leaf: Leaf): Buffer => {
  const { seq, eventId, previousHash, macKeyId, canonical, hmac, details, sealedAt } = leaf;
  const parts = [int64(seq), eventId, previousHash, macKeyId, canonical, hmac, details, int64(sealedAt)];
  let size = 1;
  for (const part of parts) size += 4 + (typeof part === 'string' ? Buffer.byteLength(part) : part.length);
  const bytes = Buffer.allocUnsafe(size);
  let offset = bytes.writeUInt8(leafPrefix);
  for (const part of parts) {
    const { length } = typeof part === 'string' ? { length: bytes.write(part, offset + 4) } : part;
    if (typeof part !== 'string') bytes.set(part, offset + 4);
    offset = bytes.writeUInt32BE(length, offset) + length;
  }
  return bytes;
};

/**
 * The entry of a leaf in the tenant's tree, each part behind its u32be length: seq (8 bytes big-endian), event id, previous hash,
 * MAC key id, canonical bytes, HMAC, details, sealing time (int64, 8 bytes big-endian). Texts are UTF-8.
 */
export const leafEntry = (leaf: Leaf): Buffer => hashedBytes(leaf).subarray(1);

/** SHA-256 of 00 and `leafEntry`: the hash of a leaf by RFC 6962 §2.1. */
export const leafHash = (leaf: Leaf): Buffer => hash('sha256', hashedBytes(leaf), 'buffer');

/** The previous hash of a tenant's first event: SHA-256 of `ankasecure.audit.genesis` 01 and the tenant's id, so that a trail cannot replace another tenant's. */
export const genesisHash = (tenantId: string): Buffer =>
  createHash('sha256').update('ankasecure.audit.genesis').update(Buffer.of(1)).update(tenantId).digest();
