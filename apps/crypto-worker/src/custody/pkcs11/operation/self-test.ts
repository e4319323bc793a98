import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  verify,
} from 'node:crypto';
import type { Alg, Hash } from '@ankasecure/algorithm';
import { ckrName, ckrOf } from '../cryptoki/ckr.js';
import { actionFor, type ErrorAction } from '../cryptoki/error-policy.js';
import { signatureVariants } from '../job/job.js';
import { cka, type KeyShape, type Placement, platformShapes, unwrappedTemplate } from '../kind/template.js';
import type { TokenSession } from '../session/token-session.js';
import { agreeWith } from '../use/agree.js';
import { decryptOaepWith } from '../use/decrypt-oaep.js';
import { isJweIv, openGcmWith, sealGcmWith } from '../use/gcm.js';
import { signWith } from '../use/sign.js';
import { unwrapCekWith, wrapCekWith } from '../use/wrap-cek.js';
import { type Made, make } from './generate.js';
import { unwrapOaep } from './import-key.js';
import { kekMechanism, wrapWith } from './wrap-key.js';

export interface SelfTestAlg {
  readonly alg: Alg;
  /** For signatures and MACs: the number in `signatureVariants`, and the hash over the message. */
  readonly variant: number;
  readonly hash: Hash | null;
}

/** What a `self-test` job says, as JSON. */
export interface SelfTestSpec {
  readonly shape: KeyShape;
  readonly algs: readonly SelfTestAlg[];
  /** On a key that was wrapped and unwrapped before. */
  readonly wrapped?: boolean | undefined;
}

export interface SelfTestFailure {
  /**
   * `trouble`: a code that the token's state may be behind as well as the algorithm; `refused`: the token will not do it;
   * `wrong`: it did something else than it should.
   */
  readonly cause: 'trouble' | 'refused' | 'wrong';
  /** For logs. Only that of `wrong` has nothing of the token's words in it. */
  readonly reason: string;
}

/** Per algorithm: null where it passed, else why not. */
export type SelfTestResult = Readonly<Record<string, SelfTestFailure | null>>;

interface Subject extends Made {
  readonly shape: KeyShape;
  readonly publicKey: KeyObject | null;
  /** The secret's value; null where the token does not let even a test key be read. */
  readonly value: Buffer | null;
}

class Mismatch extends Error {}
const check = (good: boolean, what: string): void => {
  if (!good) throw new Mismatch(what);
};

type Test = (session: TokenSession, subject: Subject, test: SelfTestAlg) => void;

const signature: Test = (session, { key, publicKey }, { alg, variant, hash }) => {
  const message = randomBytes(40);
  const input = hash ? createHash(hash).update(message).digest() : message;
  const made = signWith(session, key, variant, input);
  if (!publicKey) throw new Mismatch('no public key');
  const padding = alg.startsWith('PS') ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options =
    publicKey.asymmetricKeyType === 'rsa' ? { padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  check(
    verify(hash, message, { key: publicKey, dsaEncoding: 'ieee-p1363', ...options }, made),
    'the signature does not verify',
  );
};

const mac: Test = (session, { key, value }, { variant, hash }) => {
  const message = randomBytes(40);
  const made = signWith(session, key, variant, message);
  const expected =
    value && hash ? createHmac(hash, value).update(message).digest() : signWith(session, key, variant, message);
  check(made.equals(expected), 'the MAC differs');
};

const oaep: Test = (session, { key, publicKey }) => {
  if (!publicKey) throw new Mismatch('no public key');
  const cek = randomBytes(32);
  const sealed = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, cek);
  check(decryptOaepWith(session, key, sealed).equals(cek), 'the plaintext differs');
};

const curves: Readonly<Record<number, string>> = { 256: 'prime256v1', 384: 'secp384r1', 521: 'secp521r1' };

const agreement: Test = (session, { key, shape, spki }) => {
  const ephemeral = createECDH(curves[shape.bits] ?? '');
  const peer = ephemeral.generateKeys();
  const size = Math.ceil(shape.bits / 8);
  const z = agreeWith(session, key, peer, size);
  check(
    spki !== null && z.equals(ephemeral.computeSecret(spki.subarray(spki.length - 1 - 2 * size))),
    'the shared secret differs',
  );
};

const wrapping: Test = (session, { key, value }) => {
  const cek = randomBytes(32);
  const wrapped = wrapCekWith(session, key, cek);
  if (value) {
    const decipher = createDecipheriv(`id-aes${value.length * 8}-wrap`, value, Buffer.alloc(8, 0xa6));
    check(Buffer.concat([decipher.update(wrapped), decipher.final()]).equals(cek), 'the wrapped key differs');
  }
  check(unwrapCekWith(session, key, wrapped).equals(cek), 'the unwrapped key differs');
};

const sealing: Test = (session, { key, value }) => {
  const aad = randomBytes(20);
  const plaintext = randomBytes(40);
  const [iv, ciphertext, tag] = sealGcmWith(session, key, aad, plaintext);
  check(isJweIv(iv), `the token’s IV has ${iv.length} bytes, that of a JWE 12`);
  if (value) {
    const cipher = createCipheriv(`aes-${value.length === 16 ? 128 : 256}-gcm`, value, iv).setAAD(aad);
    const expected = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    check(expected.equals(ciphertext) && cipher.getAuthTag().equals(tag), 'the ciphertext differs');
  }
  check(openGcmWith(session, key, { iv, ciphertext, tag, aad }).equals(plaintext), 'the plaintext differs');
};

const hmacSha256 = signatureVariants.findIndex(({ scheme, hash }) => scheme === 'hmac' && hash === 'sha256');

/** Of a key that nobody can read afterwards: it must compute what its value does outside. */
const unwrapping: Test = (session, { key, shape, value }) => {
  const secret = randomBytes(32);
  if (!value) throw new Mismatch('no value');
  const cipher = createCipheriv(`id-aes${shape.bits}-wrap-pad`, value, Buffer.from('a65959a6', 'hex'));
  const blob = Buffer.concat([cipher.update(secret), cipher.final()]);
  const mac: KeyShape = { kind: 'hmac', bits: 256, purpose: 'mac', alg: null };
  const template = session.template(unwrappedTemplate(mac, ownPlace('session'), session.profile));
  session.begin('C_UnwrapKey', 'produce');
  const unwrapped = session.p11.C_UnwrapKey(session.session, kekMechanism(session), key, blob, template);
  const made = signWith(session, unwrapped, hmacSha256, blob);
  check(made.equals(createHmac('sha256', secret).update(blob).digest()), 'the unwrapped key differs');
  session.destroyObject(unwrapped);
};

const testOf = (shape: KeyShape): Test => {
  if (shape.purpose === 'wrap') return unwrapping;
  if (shape.purpose !== 'encrypt') return shape.kind === 'hmac' ? mac : signature;
  if (shape.alg === 'dir') return sealing;
  return ({ rsa: oaep, ec: agreement, aes: wrapping } as Partial<Record<string, Test>>)[shape.kind] ?? signature;
};

const ownPlace = (as: Placement['as']): Placement => ({ id: randomBytes(16), label: 'ankasecure:self-test', as });

const publicKeyOf = (spki: Buffer): KeyObject => createPublicKey({ key: spki, format: 'der', type: 'spki' });

/** A key whose value is known outside, as that of every key of purpose `wrap` is: it is brought in. */
const bringIn = (session: TokenSession, shape: KeyShape, as: Placement['as']): Made & { readonly value: Buffer } => {
  const value = randomBytes(shape.bits / 8);
  const { key: pair, spki } = make(session, { ...platformShapes.import, bits: 2048 }, ownPlace('session'));
  if (!spki) throw new Mismatch('no public key');
  const oaepHash = session.profile.importHash.replace('-', '').toLowerCase();
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const sealed = publicEncrypt({ key: publicKeyOf(spki), padding, oaepHash }, value);
  const key = unwrapOaep(session, pair, sealed, shape, ownPlace(as));
  session.destroyObject(pair);
  return { key, spki: null, value };
};

const makeSubject = (session: TokenSession, shape: KeyShape): Subject => {
  if (shape.purpose === 'wrap') return { ...bringIn(session, shape, 'session'), shape, publicKey: null };
  const isSecret = shape.kind === 'aes' || shape.kind === 'hmac';
  if (!isSecret) {
    const made = make(session, shape, ownPlace('session'));
    return { ...made, shape, value: null, publicKey: made.spki && publicKeyOf(made.spki) };
  }
  try {
    const made = make(session, shape, ownPlace('readable-session'));
    return { ...made, shape, publicKey: null, value: session.attribute(made.key, cka.VALUE) };
  } catch (error) {
    if (calls(mending, error, session)) throw error;
    session.close();
    return { ...make(session, shape, ownPlace('session')), shape, publicKey: null, value: null };
  }
};

/** CKR_KEY_NOT_WRAPPABLE, CKR_KEY_UNEXTRACTABLE, CKR_FUNCTION_NOT_SUPPORTED */
const notWrappable: readonly number[] = [0x69, 0x6a, 0x54];

/** A key as it is used that is wrapped: through the template of such keys, and under a KEK made for this. */
const makeWrappedSubject = (session: TokenSession, shape: KeyShape): Subject => {
  check(session.profile.kekWrap.length > 0, 'it does not support AES key wrap with padding');
  const kek = make(session, platformShapes.kek, ownPlace('session')).key;
  const { key, spki, value } =
    shape.purpose === 'wrap'
      ? bringIn(session, shape, 'wrappable-session')
      : { ...make(session, shape, ownPlace('wrappable-session')), value: null };
  let blob: Buffer;
  try {
    blob = wrapWith(session, kek, key);
  } catch (error) {
    check(!notWrappable.includes(ckrOf(error) ?? 0), 'it does not wrap keys of this kind');
    throw error;
  }
  session.destroyObject(key);
  const template = session.template(unwrappedTemplate(shape, ownPlace('session'), session.profile));
  session.begin('C_UnwrapKey', 'produce');
  const unwrapped = session.p11.C_UnwrapKey(session.session, kekMechanism(session), kek, blob, template);
  session.destroyObject(kek);
  return { key: unwrapped, spki, shape, value, publicKey: spki && publicKeyOf(spki) };
};

/** Actions that mend the session or the token, after which the whole test runs again. */
const mending: readonly ErrorAction[] = ['reopen-session', 'login', 'reinitialise', 'stop', 'retry-jitter'];
/** Actions for codes that say nothing for certain: of what is bad, the token or what was asked of it. */
const doubtful: readonly ErrorAction[] = ['find-again-or-login', 'fail-canary', 'make-again', 'bad-data-canary'];

const calls = (actions: readonly ErrorAction[], error: unknown, session: TokenSession): boolean => {
  const code = ckrOf(error);
  return code !== null && actions.includes(actionFor(code, session.kind));
};

const failureOf = (error: unknown, session: TokenSession): SelfTestFailure => {
  if (error instanceof Mismatch) return { cause: 'wrong', reason: error.message };
  const code = ckrOf(error);
  const words = error instanceof Error ? error.message : String(error);
  return {
    cause: calls(doubtful, error, session) ? 'trouble' : 'refused',
    reason: code === null ? words : `${session.call}: ${ckrName(code)}`,
  };
};

/** Tries each algorithm on a key made for it, against node:crypto. */
export const selfTest = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [json] = parts as [Buffer];
  const { shape, algs, wrapped } = JSON.parse(json.toString()) as SelfTestSpec;
  const subjectOf = wrapped === true ? makeWrappedSubject : makeSubject;
  const result: Record<string, SelfTestFailure | null> = {};
  let subject: Subject | null = null;
  for (const alg of algs) {
    try {
      subject ??= subjectOf(session, shape);
      testOf(shape)(session, subject, alg);
      result[alg.alg] = null;
    } catch (error) {
      if (calls(mending, error, session)) throw error;
      result[alg.alg] = failureOf(error, session);
      session.close();
      subject = null;
    }
  }
  if (subject) session.destroyObject(subject.key);
  return [Buffer.from(JSON.stringify(result))];
};
