import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  createPrivateKey,
  decapsulate,
  generateKeyPair,
  type KeyObject,
  type KeyPairKeyObjectResult,
  privateDecrypt,
  privateEncrypt,
  randomBytes,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import { type AlgorithmKind, type AlgorithmName, algorithmOf, type ParameterSet } from '@ankasecure/algorithm';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { emsaPssEncode } from '../../jose/emsa-pss.js';
import type { GcmSealed, SignatureRequest } from '../custody.js';
import { hashMechanisms } from '../pkcs11/cryptoki/mechanism.js';
import { ecSpki } from '../pkcs11/kind/spki.js';

/**
 * A key in plaintext: PKCS#8 of RSA, Ed25519 and post-quantum keys, the scalar of EC, the bytes of a secret key; and the SPKI of a pair. Forms
 * that pass through a string are avoided, since strings cannot be wiped.
 */
export interface Plain {
  readonly secret: Buffer;
  readonly spki: Buffer | null;
}

const curves = {
  256: { name: 'prime256v1', noble: p256 },
  384: { name: 'secp384r1', noble: p384 },
  521: { name: 'secp521r1', noble: p521 },
} as const;
const curveOf = (bits: number) => curves[bits as keyof typeof curves];

const makePair = promisify(generateKeyPair);

/** A scalar has as many bytes as its field. */
const makeEc = (bits: number): Plain => {
  const own = createECDH(curveOf(bits).name);
  own.generateKeys();
  const scalar = own.getPrivateKey();
  const secret = Buffer.alloc(Math.ceil(bits / 8));
  scalar.copy(secret, secret.length - scalar.length);
  scalar.fill(0);
  return { secret, spki: ecSpki(bits, own.getPublicKey()) };
};

const exported = ({ publicKey, privateKey }: KeyPairKeyObjectResult): Plain => ({
  secret: privateKey.export({ format: 'der', type: 'pkcs8' }),
  spki: publicKey.export({ format: 'der', type: 'spki' }),
});
const secretOf = (bits: number): Plain => ({ secret: randomBytes(bits / 8), spki: null });

/** OpenSSL names parameter sets as the standards do, in lower case. Not every type of key has one. */
const makeOfSet = promisify(generateKeyPair) as (type: string, options: object) => Promise<KeyPairKeyObjectResult>;

const makePostQuantum = async (_bits: number, set?: ParameterSet): Promise<Plain> => {
  if (set === undefined) throw new Error('a post-quantum key must have a parameter set');
  return exported(await makeOfSet(set.toLowerCase(), {}));
};

const makers: Readonly<Record<AlgorithmKind, (bits: number, set?: ParameterSet) => Promise<Plain>>> = {
  rsa: async (modulusLength) => exported(await makePair('rsa', { modulusLength, publicExponent: 65_537 })),
  ec: async (bits) => makeEc(bits),
  ed: async () => exported(await makePair('ed25519', {})),
  aes: async (bits) => secretOf(bits),
  hmac: async (bits) => secretOf(bits),
  'ml-dsa': makePostQuantum,
  'slh-dsa': makePostQuantum,
  'ml-kem': makePostQuantum,
};

/** The caller wipes the secret. */
export const makePlain = (algorithm: AlgorithmName): Promise<Plain> => {
  const { kind, bits, parameterSet } = algorithmOf(algorithm);
  return makers[kind](bits, parameterSet);
};

const signInThread = promisify(sign) as (hash: null, message: Uint8Array, key: KeyObject) => Promise<Buffer>;

const privateKeyOf = (secret: Buffer): KeyObject => createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });

/** RSASP1 of RFC 8017 §5.2.1, on a block that is padded already or that `padding` pads. */
const rsaSign = (secret: Buffer, padding: number, block: Buffer): Buffer =>
  privateEncrypt({ key: privateKeyOf(secret), padding }, block);

/**
 * Signs as `Custody.sign`. node:crypto signs only messages, but RSA and ECDSA sign a digest here. This file encodes for RSA.
 * For ECDSA, the noble library signs, hedged: each signature takes milliseconds of this thread, with numbers that cannot be
 * wiped.
 */
export const signPlain = (
  algorithm: AlgorithmName,
  secret: Buffer,
  request: SignatureRequest,
  input: Uint8Array,
): Buffer | Promise<Buffer> => {
  const { bits } = algorithmOf(algorithm);
  switch (request.scheme) {
    // On libuv's threads: a signature of SLH-DSA takes up to seconds.
    case 'ml-dsa':
    case 'slh-dsa':
      return signInThread(null, input, privateKeyOf(secret));
    case 'eddsa':
      return sign(null, input, privateKeyOf(secret));
    case 'hmac':
      return createHmac(request.hash, secret).update(input).digest();
    case 'ecdsa':
      return Buffer.from(curveOf(bits).noble.sign(input, secret, { prehash: false, lowS: false, extraEntropy: true }));
    case 'rsa-pkcs1': {
      const prefix = Buffer.from(hashMechanisms[request.hash].digestInfo, 'hex');
      return rsaSign(secret, constants.RSA_PKCS1_PADDING, Buffer.concat([prefix, input]));
    }
    case 'rsa-pss':
      return rsaSign(secret, constants.RSA_NO_PADDING, emsaPssEncode(request.hash, input, bits - 1));
  }
};

/** @throws Error for every ciphertext that does not decrypt (RFC 8017 §7.1.2) */
export const decryptOaepPlain = (secret: Buffer, ciphertext: Uint8Array): Buffer => {
  const key = privateKeyOf(secret);
  // OpenSSL takes a ciphertext without its leading zero bytes too. Step 1b refuses it.
  if (ciphertext.length * 8 !== key.asymmetricKeyDetails?.modulusLength)
    throw new Error('the ciphertext is not as long as the modulus');
  return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, ciphertext);
};

export const agreePlain = (algorithm: AlgorithmName, secret: Buffer, peer: Uint8Array): Buffer => {
  const own = createECDH(curveOf(algorithmOf(algorithm).bits).name);
  own.setPrivateKey(secret);
  return own.computeSecret(peer);
};

/** RFC 3394 §2.2.3.1 */
const initialValue = Buffer.alloc(8, 0xa6);
const keyWrap = (secret: Buffer) => `aes${secret.length === 16 ? 128 : 256}-wrap`;

export const wrapCekPlain = (secret: Buffer, cek: Uint8Array): Buffer =>
  createCipheriv(keyWrap(secret), secret, initialValue).update(cek);
/** OpenSSL accepts shorter input for an empty secret. The shortest wrapped key has two semiblocks and the check. */
export const unwrapCekPlain = (secret: Buffer, wrapped: Uint8Array): Buffer => {
  if (wrapped.length < 24) throw new Error('length');
  return createDecipheriv(keyWrap(secret), secret, initialValue).update(wrapped);
};

/** FIPS 203 §7.3. @throws Error for a ciphertext of another length */
export const decapsulatePlain = (secret: Buffer, ciphertext: Uint8Array): Buffer =>
  decapsulate(privateKeyOf(secret), ciphertext);

/** @throws Error for every ciphertext and wrapped key that do not belong to the key */
export const decapsulateCekPlain = (secret: Buffer, ciphertext: Uint8Array, wrapped: Uint8Array): Buffer => {
  const shared = decapsulatePlain(secret, ciphertext);
  try {
    return unwrapCekPlain(shared, wrapped);
  } finally {
    shared.fill(0);
  }
};

export const sealGcmPlain = (secret: Buffer, aad: Uint8Array, plaintext: Uint8Array): GcmSealed => {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, iv).setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, ciphertext, tag: cipher.getAuthTag() };
};
export const openGcmPlain = (secret: Buffer, { iv, ciphertext, tag }: GcmSealed, aad: Uint8Array): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', secret, iv, { authTagLength: 16 }).setAAD(aad).setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
};
