import {
  constants,
  createCipheriv,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type { AlgorithmName, JweAlg } from '@ankasecure/algorithm';
import type { Key, WrappingKey } from '@ankasecure/contracts';
import type { Tenant } from './tenant.js';

/** A key of the token whose private or secret key the test also holds. */
export interface KnownKey {
  readonly id: string;
  readonly secret: KeyObject | Uint8Array;
}

export interface KnownKind {
  readonly algorithm: AlgorithmName;
  readonly alg: JweAlg;
}

const curves: Partial<Record<AlgorithmName, string>> = { 'EC-P256': 'P-256', 'EC-P384': 'P-384', 'EC-P521': 'P-521' };

const makeSecret = (algorithm: AlgorithmName): KeyObject | Uint8Array => {
  if (algorithm.startsWith('AES-')) return randomBytes(Number(algorithm.slice(4)) / 8);
  const namedCurve = curves[algorithm];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: Number(algorithm.slice(4)) }).privateKey;
};

/** AES key wrap with padding (RFC 5649). */
export const kwp = (aes: Uint8Array, bytes: Uint8Array): Buffer => {
  const cipher = createCipheriv(`id-aes${aes.length * 8}-wrap-pad`, aes, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
};

/** Wraps a key for import with the method `rsa-aes-kwp`. @param pem the tenant's wrapping key @returns base64url */
export const wrapFor = (pem: string, material: Uint8Array): string => {
  const aes = randomBytes(32);
  const wrapping = { key: pem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  return Buffer.concat([publicEncrypt(wrapping, aes), kwp(aes, material)]).toString('base64url');
};

/** Makes a key outside the token and imports it, as a tenant would. */
export const knownKey = async ({ admin }: Tenant, { algorithm, alg }: KnownKind): Promise<KnownKey> => {
  const secret = makeSecret(algorithm);
  const { publicKey } = await admin.get<WrappingKey>('/wrapping-key');
  const material = secret instanceof Uint8Array ? secret : secret.export({ format: 'der', type: 'pkcs8' });
  const wrappedKey = wrapFor(publicKey.pem, material);
  const body = { label: 'known', algorithm, purpose: 'encrypt', alg, method: 'rsa-aes-kwp', wrappedKey };
  const { id } = await admin.post<Key>('/keys/import', body);
  return { id, secret };
};
