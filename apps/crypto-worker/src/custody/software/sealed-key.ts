import { createHash } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyRef, Wrapping } from '../custody.js';
import type { DataKey } from './vault.js';

/** What a sealed key is bound to: whose it is, and what it may do. No base64url, so no JWE has this for its AAD. */
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

/** By ref, which a key version keeps: a name is computed once. */
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
