import {
  createHash,
  createPublicKey,
  type KeyObject,
  randomBytes,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto';
import type { Alg, Hash } from '@ankasecure/algorithm';
import type { Handle } from 'pkcs11js';
import type { KeyShape } from '../job/key-shape.js';
import type { TokenSession } from '../session/token-session.js';
import { signWith } from '../use/sign.js';

export interface SelfTestAlg {
  readonly alg: Alg;
  /** For signatures and MACs: the index in `signatureVariants`, and the hash of the message. */
  readonly variant: number;
  readonly hash: Hash | null;
}

/** The key of a self-test. */
export interface Subject {
  readonly key: Handle;
  /** DER SubjectPublicKeyInfo; null for a secret key. */
  readonly spki: Buffer | null;
  readonly shape: KeyShape;
  readonly publicKey: KeyObject | null;
  /** The secret's value; null if the token does not allow even a test key to be read. */
  readonly value: Buffer | null;
  /** Unwraps a blob under the subject, into an object of the session. */
  readonly unwrap: (blob: Buffer, shape: KeyShape) => Handle;
}

/** Compares the token with node:crypto. @throws Mismatch */
export type SelfTest = (session: TokenSession, subject: Subject, test: SelfTestAlg) => void;

/** The token did something other than expected. */
export class Mismatch extends Error {}

export const check = (good: boolean, what: string): void => {
  if (!good) throw new Mismatch(what);
};

export const publicKeyOf = (spki: Buffer): KeyObject => createPublicKey({ key: spki, format: 'der', type: 'spki' });

export const publicHalfOf = ({ publicKey }: Subject): KeyObject => {
  if (!publicKey) throw new Mismatch('no public key');
  return publicKey;
};

/** @param options the options for node:crypto to verify such signatures */
export const signatureTest =
  (options: Omit<VerifyKeyObjectInput, 'key'>): SelfTest =>
  (session, subject, { variant, hash }) => {
    const message = randomBytes(40);
    const input = hash ? createHash(hash).update(message).digest() : message;
    const made = signWith(session, subject.key, variant, input);
    check(verify(hash, message, { key: publicHalfOf(subject), ...options }, made), 'the signature does not verify');
  };

/** Tells whether `publicKey` verifies what `key` signs. */
export const proves = (session: TokenSession, key: Handle, variant: number, publicKey: KeyObject): boolean => {
  const message = randomBytes(40);
  const signature = signWith(session, key, variant, createHash('sha256').update(message).digest());
  return verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
};
