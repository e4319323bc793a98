import { AnkaError } from '@ankasecure/contracts';
import type { NamedById, Target } from '../key/key-store.js';
import { parseKid } from '../key/key-version.js';

interface Named {
  readonly keyId?: string | undefined;
  readonly alias?: string | undefined;
  readonly version?: number | undefined;
}

/** The version of a key that the request names. A kid of another key says nothing, and one of this key says the version. */
const ofKey = (kid: string | null, keyId: string, version: number | undefined): NamedById => {
  const own = kid === null ? null : parseKid(kid);
  if (own?.keyId !== keyId) return { keyId, version: version ?? null };
  return version === undefined || version === own.version ? own : { keyId, version, butInKid: own.version };
};

/**
 * The key that an item of decrypt or verify means. A kid is a hint (RFC 7515 §4.1.4): it names the key only where the request
 * does not, as its own or as one that it had before its import.
 * @param missing the detail if neither names a key
 * @throws AnkaError `request-invalid`
 */
export const meantKey = (kid: string | null, { keyId, alias, version }: Named, missing: string): Target => {
  if (alias !== undefined) return { alias, of: (named) => ofKey(kid, named, version) };
  if (keyId !== undefined) return ofKey(kid, keyId, version);
  if (kid === null) throw new AnkaError('request-invalid', missing);
  const own = parseKid(kid);
  if (own === null) return { formerKid: kid, version: version ?? null };
  return { ...ofKey(kid, own.keyId, version), formerKid: kid };
};
