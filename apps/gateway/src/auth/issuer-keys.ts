import { monotonicNow } from '@ankasecure/contracts';
import type { FileValue, WatchedFiles } from '@ankasecure/service-kit';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Outbound } from '../outbound/outbound.js';
import type { IssuerConfig } from './identity.config.js';
import type { KeyOutage } from './key-outage.js';
import { RemoteKeys } from './remote-keys.js';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
};

const readKeySet = ([content]: readonly Buffer[]): FileValue<JWTVerifyGetKey> => {
  const { keys } = Object(parse(String(content))) as JSONWebKeySet;
  if (!Array.isArray(keys)) throw new Error('it holds no JWK Set');
  if (keys.length === 0) throw new Error('it holds a JWK Set without keys: put the issuer’s public keys into it');
  if (keys.some((key) => privateMembers.some((member) => Object.hasOwn(Object(key) as object, member))))
    throw new Error('it holds a private or secret key; only public keys belong there');
  try {
    return { value: createLocalJWKSet({ keys }) };
  } catch {
    throw new Error('it holds no JWK Set');
  }
};

/** The shortest time between two looks at a file for keys that are not in it, in milliseconds. */
const lookMs = 1_000;

/** The keys of a file. A key that is not in it is looked for once more in the file as it is now. */
const fileKeys = (files: WatchedFiles, name: string): JWTVerifyGetKey => {
  const watched = files.watch([name], readKeySet);
  let lookAt = 0;
  return async (header, token) => {
    try {
      return await watched.current(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || monotonicNow() < lookAt) throw error;
      lookAt = monotonicNow() + lookMs;
      files.look();
      return watched.current(header, token);
    }
  };
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
  files: WatchedFiles,
): JWTVerifyGetKey => {
  if (jwksFile !== undefined) return fileKeys(files, jwksFile);
  if (jwksUrl === undefined) throw new Error(`no keys are configured for the issuer ${issuer}`);
  return new RemoteKeys(jwksUrl, issuer, outage, (url) => outbound.get(new URL(url), { platform: issuer })).find;
};
