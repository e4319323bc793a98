import { createHash } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyRef, Wrapping } from '../custody.js';
import type { DataKey } from './vault.js';

/** Binds a sealed key to its owner and its rights. The bytes are not base64url, so they are never the AAD of a JWE. */
export const aadOf = (
  { algorithm, purpose, alg }: Pick<KeyRef, 'algorithm' | 'purpose' | 'alg'>,
  { tenantId, keyId, version }: Wrapping,
): Buffer =>
  Buffer.from(`ankasecure software key 1\0${JSON.stringify({ tenantId, keyId, version, algorithm, purpose, alg })}`);

/** @throws AnkaError `key-not-found` for a key whose blob was deleted */
export const dataKeyOf = ({ objectId, wrapped }: KeyRef): DataKey => {
  if (wrapped === undefined) throw new AnkaError('key-not-found', 'The sealed key has been deleted.');
  return { objectId, wrapped };
};

export const sealedIn = ({ sealed = Buffer.of() }: KeyRef): Uint8Array => sealed;

/** Computed once per ref, which a key version keeps. */
const names = new WeakMap<KeyRef, string>();

/**
 * The name of a key in memory: all the data that opening it would check. Its id alone is not enough: somebody who can write
 * to the database could give the id to another key, and get the plaintext without opening the sealed key.
 * @throws as `dataKeyOf`
 */
export const nameOf = (ref: KeyRef): string => {
  const known = names.get(ref);
  if (known !== undefined) return known;
  const { objectId, wrapped } = dataKeyOf(ref);
  const hash = createHash('sha256');
  const length = Buffer.alloc(4);
  for (const part of [objectId, aadOf(ref, wrapped.wrapping), wrapped.mac, wrapped.blob, sealedIn(ref)]) {
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  }
  const name = hash.digest('base64');
  names.set(ref, name);
  return name;
};
