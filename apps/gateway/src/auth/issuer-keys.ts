import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import type { Outbound } from '../outbound/outbound.js';
import type { IssuerConfig } from './identity.config.js';
import type { KeyOutage } from './key-outage.js';
import { RemoteKeys } from './remote-keys.js';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

const readKeySet = (file: string): JSONWebKeySet => {
  let set: JSONWebKeySet;
  try {
    set = JSON.parse(readFileSync(file, 'utf8')) as JSONWebKeySet;
  } catch (cause) {
    throw new Error(`the JWK set ${file} cannot be read`, { cause });
  }
  if (!Array.isArray(set.keys) || set.keys.length === 0) throw new Error(`${file} holds no JWK set`);
  if (set.keys.some((key) => privateMembers.some((member) => Object.hasOwn(key, member))))
    throw new Error(`the JWK set ${file} holds a private or secret key; only public keys belong there`);
  return set;
};

/** A file is read again like a URL, so that keys can be rotated without a restart. An invalid JWK set stops only the start. */
const fileKeys = (file: string, issuer: string, outage: KeyOutage): RemoteKeys => {
  readKeySet(file);
  return new RemoteKeys(pathToFileURL(file).href, issuer, outage, async () => Response.json(readKeySet(file)));
};

/**
 * Finds an issuer's verification key by a token's `kid` and `alg`, in that issuer's JWK set and nowhere else.
 * The function throws jose's errors if the set has no such key, and AnkaError `service-unavailable` if the set is unavailable:
 * a failure of the platform must not look like an invalid token.
 */
export const issuerKeys = (
  { issuer, jwksFile, jwksUrl }: IssuerConfig,
  outage: KeyOutage,
  outbound: Pick<Outbound, 'get'>,
): JWTVerifyGetKey => {
  if (jwksFile !== undefined) return fileKeys(jwksFile, issuer, outage).find;
  if (jwksUrl === undefined) throw new Error(`no keys are configured for the issuer ${issuer}`);
  return new RemoteKeys(jwksUrl, issuer, outage, (url) => outbound.get(new URL(url), { platform: issuer })).find;
};
