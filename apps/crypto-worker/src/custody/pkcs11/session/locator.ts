import { createHash } from 'node:crypto';
import type { KeyRef, Wrapping } from '../../custody.js';
import type { ObjectName } from '../../object-owner.js';
import type { KeyShape } from '../job/key-shape.js';

/**
 * Names a key for a lane, with everything that the lane needs to find it and to check it. Both forms begin with a byte for
 * the form, SHA-256 of the rest, and the key's CKA_ID. The rest of an object's locator is an `Expected` in JSON. The rest of
 * a wrapped key's is the MAC, then the locators of the KEK and of the `blob-mac` key and the header, each after two bytes of
 * length, then the blob.
 */
const forms = { object: 1, wrapped: 2 } as const;

const idBytes = 16;
const macBytes = 32;
const idAt = 1 + 32;
const restAt = idAt + idBytes;

/** What an object of the token must prove to be before it is used. */
export interface Expected {
  readonly name: ObjectName;
  readonly shape: KeyShape;
  /** The token itself must have made the key, and never have let it out. True for platform keys. */
  readonly madeHere: boolean;
}

export interface ObjectLocator {
  readonly id: Buffer;
  readonly expected: Expected;
}

/** Its buffers are views into the locator that was unpacked. */
export interface WrappedLocator {
  /** The key's id and the hash of the rest: the key, its owner and its KEK. */
  readonly name: string;
  readonly mac: Buffer;
  readonly kek: Buffer;
  readonly blobMac: Buffer;
  /** The JSON of the data that the MAC binds the blob to. */
  readonly header: Buffer;
  readonly blob: Buffer;
}

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

const pack = (form: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.of(form), createHash('sha256').update(body).digest(), body]);

export const packObject = (objectId: Uint8Array, expected: Expected): Buffer =>
  pack(forms.object, Buffer.concat([objectId, Buffer.from(JSON.stringify(expected))]));

/** The locators of the platform keys that wrap a key. */
export interface WrapperLocators {
  readonly kek: Uint8Array;
  readonly blobMac: Uint8Array;
}

const measured = (part: Uint8Array): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(part.length);
  return Buffer.concat([length, part]);
};

export const packWrapped = (
  { objectId, wrapped }: { objectId: Uint8Array; wrapped: NonNullable<KeyRef['wrapped']> },
  shape: KeyShape,
  { kek, blobMac }: WrapperLocators,
): Buffer => {
  const parts = [kek, blobMac, headerOf(wrapped.wrapping, shape)].map(measured);
  return pack(forms.wrapped, Buffer.concat([objectId, wrapped.mac, ...parts, wrapped.blob]));
};

export const isWrapped = (locator: Buffer): boolean => locator[0] === forms.wrapped;

/** Two locators with the same name are the same, byte for byte. */
export const nameOf = (locator: Buffer): string => locator.toString('latin1', 1, restAt);
export const nameIsOf = (name: string, objectId: Uint8Array): boolean =>
  name.endsWith(Buffer.from(objectId).toString('latin1'));

/** The id is a copy. */
export const unpackObject = (locator: Buffer): ObjectLocator => {
  if (locator[0] !== forms.object) throw new Error('the locator does not name an object');
  const expected = JSON.parse(locator.toString('utf8', restAt)) as Expected;
  return { id: Buffer.from(locator.subarray(idAt, restAt)), expected };
};

export const unpackWrapped = (locator: Buffer): WrappedLocator => {
  let at = restAt + macBytes;
  const next = (): Buffer => {
    const from = at + 2;
    at = from + locator.readUInt16BE(at);
    return locator.subarray(from, at);
  };
  return {
    name: nameOf(locator),
    mac: locator.subarray(restAt, restAt + macBytes),
    kek: next(),
    blobMac: next(),
    header: next(),
    blob: locator.subarray(at),
  };
};
