import {
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import {
  type AlgorithmName,
  algorithmOf,
  type JweAlg,
  type JwsAlg,
  joseAlgs,
  type Purpose,
} from '@ankasecure/algorithm';
import { monotonicNow } from '@ankasecure/contracts';
import { newObjectId, ownerOfKey } from '../../custody/object-owner.js';
import type { KeyVersion } from '../../key/key-version.js';
import { KnownKeyCustody } from './known-key-custody.js';

/** A key version, its custody, and the private or secret half, which only the test knows. */
export interface KnownKey {
  readonly key: KeyVersion;
  readonly custody: KnownKeyCustody;
  readonly secret: KeyObject;
}

const openSslCurves: Partial<Record<AlgorithmName, string>> = {
  'EC-P256': 'prime256v1',
  'EC-P384': 'secp384r1',
  'EC-P521': 'secp521r1',
};

/** OpenSSL names parameter sets in lower case. */
const generateOfSet = generateKeyPairSync as (type: string, options: object) => KeyPairKeyObjectResult;

const generate = (algorithm: AlgorithmName): KeyObject => {
  const { kind, bits, parameterSet } = algorithmOf(algorithm);
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
  if (kind === 'ed') return generateKeyPairSync('ed25519').privateKey;
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: openSslCurves[algorithm] ?? '' }).privateKey;
  if (parameterSet !== undefined) return generateOfSet(parameterSet.toLowerCase(), {}).privateKey;
  return createSecretKey(randomBytes(bits / 8));
};

const publicHalf = (secret: KeyObject): KeyObject | null => {
  if (secret.type === 'secret') return null;
  return secret.type === 'public' ? secret : createPublicKey(secret);
};

/** A record as the key store returns it. `alg` pins the key as it does at creation. */
export const keyVersion = (
  algorithm: AlgorithmName,
  purpose: Purpose,
  publicKey: KeyObject | null,
  alg?: JwsAlg | JweAlg,
): KeyVersion => {
  const all = joseAlgs(algorithm, purpose);
  const algs = purpose === 'encrypt' ? [alg ?? all[0]] : alg === undefined ? all : [alg];
  const pinned = algs.filter((one) => one !== undefined);
  const owner = { tenantId: randomUUID(), keyId: randomUUID(), version: 1 };
  const objectId = newObjectId(ownerOfKey(owner), { partition: 'default', kekLabelPrefix: 'ankasecure:kek:tenant' });
  const pin = purpose === 'encrypt' ? ((pinned[0] ?? null) as JweAlg | null) : null;
  return {
    ...owner,
    revision: 1,
    algorithm,
    purpose,
    algs: pinned,
    custody: 'software',
    state: 'ACTIVE',
    activateAt: null,
    deactivateAt: null,
    maxUses: null,
    ref: { owner, algorithm, purpose, alg: pin, objectId },
    keyMadeAt: Date.now(),
    madeAt: Date.now(),
    publicKey,
  };
};

/**
 * A key that the test knows.
 * @param secret private or secret key; a public key is enough to verify
 */
export const knownKey = (
  algorithm: AlgorithmName,
  purpose: Purpose,
  { alg, secret = generate(algorithm) }: { readonly alg?: JwsAlg | JweAlg; readonly secret?: KeyObject } = {},
): KnownKey => {
  const key = keyVersion(algorithm, purpose, publicHalf(secret), alg);
  const custody = new KnownKeyCustody();
  custody.add(key.ref.objectId, secret);
  return { key, custody, secret };
};

export const soon = { deadline: monotonicNow() + 3_600_000 };

/** One row per way to protect a JWE, without post-quantum keys. */
export const jweKeys = [
  ['RSA-OAEP-256', 'RSA-2048'],
  ['RSA-OAEP-256', 'RSA-3072'],
  ['ECDH-ES+A256KW', 'EC-P256'],
  ['ECDH-ES+A256KW', 'EC-P384'],
  ['ECDH-ES+A256KW', 'EC-P521'],
  ['A128KW', 'AES-128'],
  ['A256KW', 'AES-256'],
  ['dir', 'AES-256'],
] as const satisfies readonly (readonly [JweAlg, AlgorithmName])[];

/** One row per JWS algorithm, without post-quantum keys. */
export const jwsKeys = [
  ['RS256', 'RSA-2048', 'sign'],
  ['RS384', 'RSA-2048', 'sign'],
  ['RS512', 'RSA-3072', 'sign'],
  ['PS256', 'RSA-2048', 'sign'],
  ['PS384', 'RSA-3072', 'sign'],
  ['PS512', 'RSA-2048', 'sign'],
  ['ES256', 'EC-P256', 'sign'],
  ['ES384', 'EC-P384', 'sign'],
  ['ES512', 'EC-P521', 'sign'],
  ['EdDSA', 'Ed25519', 'sign'],
  ['Ed25519', 'Ed25519', 'sign'],
  ['HS256', 'HMAC-SHA256', 'mac'],
  ['HS384', 'HMAC-SHA384', 'mac'],
  ['HS512', 'HMAC-SHA512', 'mac'],
] as const satisfies readonly (readonly [JwsAlg, AlgorithmName, Purpose])[];
