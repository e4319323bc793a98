import { createHash } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyRef, Wrapping } from '../custody.js';
import type { DataKey } from './vault.js';

/** Binds a sealed key to its owner and its rights. The bytes are not base64url, so they are never the AAD of a JWE. */
export const aadOf = (
  { algorithm, purpose, alg }: Omit<KeyRef, 'objectId'>,
  { tenantId, keyId, version }: Wrapping,
): Buffer =>
  Buffer.from(`ankasecure software key 1\0${JSON.stringify({ tenantId, keyId, version, algorithm, purpose, alg })}`);

/** @throws AnkaError `key-not-found` for a key whose blob is gone */
export const dataKeyOf = ({ objectId, wrapped }: KeyRef): DataKey => {
  if (wrapped === undefined) throw new AnkaError('key-not-found', 'The sealed key has been deleted.');
  return { objectId, wrapped };
};

export const sealedIn = ({ sealed = Buffer.of() }: KeyRef): Uint8Array => sealed;

/** Computed once per ref, which a key version keeps. */
const names = new WeakMap<KeyRef, string>();

/**
 * What a key in memory is looked up by: all that opening it would have looked at. Its id alone would not do, for whoever can
 * write to the database could give it to another key, and have the plaintext without its having been opened.
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
