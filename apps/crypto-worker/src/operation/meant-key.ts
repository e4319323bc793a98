import { AnkaError } from '@ankasecure/contracts';
import type { Target } from '../key/key-store.js';
import { parseKid } from '../key/key-version.js';

interface Named {
  readonly keyId?: string | undefined;
  readonly version?: number | undefined;
}

const differ = (): AnkaError =>
  new AnkaError('key-not-found', 'The request and the header’s kid name different versions of the key');

/**
 * The key that an item of decrypt or verify means. A kid is a hint (RFC 7515 §4.1.4): where the request names the key, a kid of
 * another key says nothing, and one of this key says the version. Otherwise the kid names the key, as its own or as one that
 * it had before its import.
 * @param missing the detail if neither names a key
 * @throws AnkaError `request-invalid`; `key-not-found` if both name the key and another version of it
 */
export const meantKey = (kid: string | null, { keyId, version }: Named, missing: string): Target => {
  const own = kid === null ? null : parseKid(kid);
  if (keyId !== undefined) {
    if (own?.keyId !== keyId) return { keyId, version: version ?? null };
    if (version !== undefined && version !== own.version) throw differ();
    return own;
  }
  if (kid === null) throw new AnkaError('request-invalid', missing);
  if (own === null) return { formerKid: kid };
  if (version !== undefined && version !== own.version) throw differ();
  return { ...own, formerKid: kid };
};
