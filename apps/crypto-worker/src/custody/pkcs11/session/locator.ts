import { createHash } from 'node:crypto';
import type { KeyRef, Wrapping } from '../../custody.js';
import type { KeyShape } from '../job/key-shape.js';

/**
 * Names a key for a lane. Sixteen bytes are the CKA_ID of an object of the token. Anything longer is a wrapped key with
 * everything needed to unwrap it. Layout: SHA-256 of the rest; the CKA_IDs of the key, the KEK and the `blob-mac` key; the
 * MAC; two bytes of length and a header of that length in JSON; the blob.
 */
export interface WrappedLocator {
  /** The key's id and the hash of the rest: the key, its owner and its KEK. */
  readonly name: string;
  readonly kek: Buffer;
  readonly blobMac: Buffer;
  readonly mac: Buffer;
  /** The JSON of the data that the MAC binds the blob to. */
  readonly header: Buffer;
  readonly blob: Buffer;
}

const idBytes = 16;
const hashBytes = 32;
const macBytes = 32;
const headerAt = hashBytes + 3 * idBytes + macBytes + 2;

/** The data that a blob is bound to. */
interface Header {
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
  readonly kekGeneration: number;
  readonly shape: KeyShape;
}

export const headerOf = ({ tenantId, keyId, version, kekGeneration }: Wrapping, shape: KeyShape): Buffer =>
  Buffer.from(JSON.stringify({ tenantId, keyId, version, kekGeneration, shape } satisfies Header));

export const shapeOfHeader = (header: Buffer): KeyShape => (JSON.parse(header.toString()) as Header).shape;

/** The input of the MAC. The header's length separates the two parts. */
export const boundBytes = (header: Buffer, blob: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([Buffer.from('ankasecure wrapped key 1\0'), length, header, blob]);
};

export const packLocator = (
  { objectId, wrapped }: { objectId: Uint8Array; wrapped: NonNullable<KeyRef['wrapped']> },
  shape: KeyShape,
): Buffer => {
  const header = headerOf(wrapped.wrapping, shape);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(header.length);
  const { kek, blobMac } = wrapped.wrapping;
  const body = Buffer.concat([objectId, kek, blobMac, wrapped.mac, length, header, wrapped.blob]);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
};

export const isWrapped = (locator: Buffer): boolean => locator.length !== idBytes;

export const nameOf = (locator: Buffer): string => locator.toString('latin1', 0, hashBytes + idBytes);
export const nameIsOf = (name: string, objectId: Uint8Array): boolean =>
  name.endsWith(Buffer.from(objectId).toString('latin1'));

/** Views into `locator`. */
export const unpackLocator = (locator: Buffer): WrappedLocator => {
  const id = (index: number): Buffer =>
    locator.subarray(hashBytes + index * idBytes, hashBytes + (index + 1) * idBytes);
  const blobAt = headerAt + locator.readUInt16BE(headerAt - 2);
  return {
    name: nameOf(locator),
    kek: id(1),
    blobMac: id(2),
    mac: locator.subarray(hashBytes + 3 * idBytes, headerAt - 2),
    header: locator.subarray(headerAt, blobAt),
    blob: locator.subarray(blobAt),
  };
};
