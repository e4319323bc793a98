import { createSecretKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomBytes } from 'node:crypto';
import { type AlgorithmName, algorithmOf, type JweAlg, type JwsAlg, type Purpose } from '@ankasecure/algorithm';
import type { Key, WrappingKey } from '@ankasecure/contracts';
import { wrapFor } from '../e2e/harness/known-key.js';
import type { Tenant } from '../e2e/harness/tenant.js';

/** One algorithm with the key that is used for it. */
export interface Subject {
  readonly algorithm: AlgorithmName;
  readonly purpose: Exclude<Purpose, 'wrap'>;
  readonly alg: JwsAlg | JweAlg;
}

/** A key whose private or secret half the libraries have too. */
export interface SharedKey {
  readonly id: string;
  readonly kid: string;
  readonly privateJwk: JsonWebKey;
  readonly publicJwk: JsonWebKey;
}

const curves: Partial<Record<AlgorithmName, string>> = { 'EC-P256': 'P-256', 'EC-P384': 'P-384', 'EC-P521': 'P-521' };

const makeSecret = (algorithm: AlgorithmName): KeyObject => {
  const { kind, bits } = algorithmOf(algorithm);
  const namedCurve = curves[algorithm];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve }).privateKey;
  if (kind === 'ed') return generateKeyPairSync('ed25519').privateKey;
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
  return createSecretKey(randomBytes(bits / 8));
};

const publicMembers = ['kty', 'crv', 'n', 'e', 'x', 'y', 'kid', 'alg', 'use'];

/** Imports a key that the libraries have too. @returns the problem code if it cannot be imported */
export const shareKey = async (
  { admin }: Tenant,
  { algorithm, purpose, alg }: Subject,
): Promise<SharedKey | string> => {
  const secret = makeSecret(algorithm);
  const material = secret.type === 'secret' ? secret.export() : secret.export({ format: 'der', type: 'pkcs8' });
  const { publicKey } = await admin.get<WrappingKey>('/wrapping-key');
  const wrappedKey = wrapFor(publicKey.pem, material);
  const body = { label: 'shared', algorithm, purpose, alg, method: 'rsa-aes-kwp', wrappedKey };
  const reply = await admin.send<Key & { readonly code?: string }>('POST', '/keys/import', { body });
  if (reply.status !== 201) return reply.body.code ?? reply.text;
  const kid = `${reply.body.id}.1`;
  const privateJwk = { ...secret.export({ format: 'jwk' }), kid, alg, use: purpose === 'encrypt' ? 'enc' : 'sig' };
  const members = Object.entries(privateJwk).filter(([name]) => publicMembers.includes(name));
  return { id: reply.body.id, kid, privateJwk, publicJwk: Object.fromEntries(members) };
};
