import { createHash, type KeyObject } from 'node:crypto';
import { type HpkeAlg, hpkeSuiteOf } from '@ankasecure/algorithm';
import type { Deadline } from '../deadline/deadline.js';
import { encapsulateTo } from '../turn/encapsulate-to.js';
import { openContent, sealContent } from './content.js';

/** The key and the nonce of the one message that a context of HPKE encrypts here. */
interface MessageKey {
  readonly key: Buffer;
  readonly nonce: Buffer;
  /** All that the key schedule derives; key and nonce are parts of it. */
  readonly derived: Buffer;
}

const keyBytes = 32;
const nonceBytes = 12;
/** Nobody uses the exporter secret. It is a part of what the key schedule derives. */
const exporterBytes = 64;
const tagBytes = 16;

const number16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const prefixed = (bytes: Uint8Array): Buffer => Buffer.concat([number16(bytes.length), bytes]);
const nothing = Buffer.alloc(0);
/** HPKE binds no additional data to a content key. */
export const noAad: Uint8Array = nothing;

/** `info` of a suite for content keys: no extra data of the recipient follows (draft-ietf-jose-hpke-encrypt §6). */
const infoOf = (alg: HpkeAlg, enc: string): Buffer =>
  hpkeSuiteOf(alg).keyEncryption ? Buffer.from(`JOSE-HPKE rcpt\u00ff${enc}\u00ff`, 'latin1') : nothing;

/**
 * The key schedule of HPKE in base mode, with the one-stage KDF SHAKE256 (draft-ietf-hpke-pq; draft-ietf-hpke-hpke §5.1).
 * @param secret the shared secret of ML-KEM
 */
export const messageKey = (alg: HpkeAlg, secret: Uint8Array, info: Uint8Array): MessageKey => {
  const length = keyBytes + nonceBytes + exporterBytes;
  const suiteId = Buffer.concat([
    Buffer.from('HPKE'),
    number16(hpkeSuiteOf(alg).kem),
    number16(0x0011),
    number16(0x0002),
  ]);
  const input = Buffer.concat([
    prefixed(nothing),
    number16(secret.length),
    secret,
    Buffer.from('HPKE-v1'),
    suiteId,
    prefixed(Buffer.from('secret')),
    number16(length),
    Buffer.of(0),
    prefixed(nothing),
    prefixed(info),
  ]);
  const derived = createHash('shake256', { outputLength: length }).update(input).digest();
  input.fill(0);
  return { key: derived.subarray(0, keyBytes), nonce: derived.subarray(keyBytes, keyBytes + nonceBytes), derived };
};

const wiping = <T>(
  secret: Uint8Array,
  { key, nonce, derived }: MessageKey,
  use: (key: Buffer, nonce: Buffer) => T,
): T => {
  try {
    return use(key, nonce);
  } finally {
    secret.fill(0);
    derived.fill(0);
  }
};

/** A message that HPKE has encrypted, and the ciphertext of ML-KEM that goes with it. */
export interface HpkeSealed {
  readonly encapsulated: Uint8Array;
  /** The tag is at its end. */
  readonly ciphertext: Uint8Array;
}

/** What HPKE encrypts to a public key. @param enc the content encryption of the JWE; it counts with `-KE` alone */
export interface HpkeMessage {
  readonly plaintext: Uint8Array;
  readonly enc: string;
  readonly aad: Uint8Array;
}

/** Encrypts one message to `publicKey` (RFC 9180 §6.1, SealBase). The caller wipes the plaintext. */
export const sealHpke = async (
  budget: Deadline,
  alg: HpkeAlg,
  publicKey: KeyObject,
  { plaintext, enc, aad }: HpkeMessage,
): Promise<HpkeSealed> => {
  const { sharedKey, ciphertext: encapsulated } = await encapsulateTo(budget, publicKey);
  return wiping(sharedKey, messageKey(alg, sharedKey, infoOf(alg, enc)), (key, nonce) => {
    const { ciphertext, tag } = sealContent('A256GCM', key, nonce, aad, plaintext);
    return { encapsulated, ciphertext: Buffer.concat([ciphertext, tag]) };
  });
};

/**
 * Decrypts one message (RFC 9180 §6.1, OpenBase). Wipes `secret`.
 * @param secret the shared secret that the HSM has decapsulated
 * @returns null if the tag does not match
 */
export const openHpke = (
  alg: HpkeAlg,
  secret: Uint8Array,
  { ciphertext: sealed, enc, aad }: { readonly ciphertext: Uint8Array } & Omit<HpkeMessage, 'plaintext'>,
): Uint8Array | null =>
  wiping(secret, messageKey(alg, secret, infoOf(alg, enc)), (key, iv) => {
    if (sealed.length < tagBytes) return null;
    const [ciphertext, tag] = [sealed.subarray(0, -tagBytes), sealed.subarray(-tagBytes)];
    return openContent('A256GCM', key, { iv, ciphertext, tag }, aad);
  });
