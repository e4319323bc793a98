import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
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

/**
 * Finds an issuer's verification key by a token's `kid` and `alg`, in that issuer's JWK set and nowhere else.
 * The function throws jose's errors when the set has no such key, and AnkaError `service-unavailable` when a remote
 * set cannot be had: a failure of ours must not look like a bad token.
 */
export const issuerKeys = (config: IssuerConfig, outage: KeyOutage): JWTVerifyGetKey => {
  if (config.jwksFile !== undefined) return createLocalJWKSet(readKeySet(config.jwksFile));
  if (config.jwksUrl === undefined) throw new Error(`no keys are configured for the issuer ${config.issuer}`);
  return new RemoteKeys(config.jwksUrl, config.issuer, outage).find;
};
