import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import type { Handle } from 'pkcs11js';
import { cka } from '../cryptoki/attribute.js';
import { ckrOf } from '../cryptoki/ckr.js';
import { type KeyShape, platformShapes } from '../job/key-shape.js';
import type { Placement } from '../job/placement.js';
import { kindOf } from '../kind/kinds.js';
import { check, Mismatch, publicKeyOf, type Subject } from '../kind/self-test.js';
import { unwrappedTemplate } from '../kind/template.js';
import type { TokenSession } from '../session/token-session.js';
import { kekMechanism, wrapWith } from '../use/kwp.js';
import { type Made, make } from './generate.js';
import { unwrapOaep } from './import-key.js';
import { mendsSession } from './self-test-failure.js';

/** A key made for a self-test. */
interface TestKey extends Made {
  /** The secret's value, if it is known outside. */
  readonly value: Buffer | null;
}

const ownPlace = (as: Placement['as']): Placement => ({ id: randomBytes(16), label: 'ankasecure:self-test', as });

const unwrapUnder =
  (session: TokenSession, wrapper: Handle): Subject['unwrap'] =>
  (blob, shape) => {
    const template = session.template(unwrappedTemplate(shape, ownPlace('session'), session.profile));
    session.begin('C_UnwrapKey', 'produce');
    return session.p11.C_UnwrapKey(session.session, kekMechanism(session), wrapper, blob, template);
  };

const subjectOf = (session: TokenSession, shape: KeyShape, { key, spki, value }: TestKey): Subject => ({
  key,
  spki,
  shape,
  value,
  publicKey: spki && publicKeyOf(spki),
  unwrap: unwrapUnder(session, key),
});

/** Makes a key whose value is known outside. Every key of purpose `wrap` is such a key, because they are imported. */
const bringIn = (session: TokenSession, shape: KeyShape, as: Placement['as']): TestKey => {
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

/** Makes a secret key, and reads its value if the token allows a test key to be read. */
const makeSecret = (session: TokenSession, shape: KeyShape): TestKey => {
  try {
    const made = make(session, shape, ownPlace('readable-session'));
    return { ...made, value: session.attribute(made.key, cka.VALUE) };
  } catch (error) {
    if (mendsSession(error, session)) throw error;
    session.close();
    return { ...make(session, shape, ownPlace('session')), value: null };
  }
};

const makeKey = (session: TokenSession, shape: KeyShape): TestKey => {
  if (shape.purpose === 'wrap') return bringIn(session, shape, 'session');
  if (kindOf(shape).pair) return { ...make(session, shape, ownPlace('session')), value: null };
  return makeSecret(session, shape);
};

/** A key that exists. Its secret's value is not known. */
export const subjectOfKey = (session: TokenSession, shape: KeyShape, key: Handle, spki: Buffer | null): Subject =>
  subjectOf(session, shape, { key, spki, value: null });

export const makeSubject = (session: TokenSession, shape: KeyShape): Subject =>
  subjectOf(session, shape, makeKey(session, shape));

/** CKR_KEY_NOT_WRAPPABLE, CKR_KEY_UNEXTRACTABLE, CKR_FUNCTION_NOT_SUPPORTED */
const notWrappable: readonly number[] = [0x69, 0x6a, 0x54];

/** The reason of a test whose key the token does not wrap. */
export const doesNotWrap = 'it does not wrap keys of this kind';

const wrapTestKey = (session: TokenSession, kek: Handle, key: Handle): Buffer => {
  try {
    return wrapWith(session, kek, key);
  } catch (error) {
    check(!notWrappable.includes(ckrOf(error) ?? 0), doesNotWrap);
    throw error;
  }
};

/**
 * Makes a wrapped key in use: a key that is made, wrapped under a KEK made for this test, and unwrapped by the template of
 * such keys.
 */
export const makeWrappedSubject = (session: TokenSession, shape: KeyShape): Subject => {
  check(session.profile.kekWrap.length > 0, 'it does not support AES key wrap with padding');
  const kek = make(session, platformShapes.kek, ownPlace('session')).key;
  const made: TestKey =
    shape.purpose === 'wrap'
      ? bringIn(session, shape, 'wrappable-session')
      : { ...make(session, shape, ownPlace('wrappable-session')), value: null };
  const blob = wrapTestKey(session, kek, made.key);
  session.destroyObject(made.key);
  const key = unwrapUnder(session, kek)(blob, shape);
  session.destroyObject(kek);
  return subjectOf(session, shape, { ...made, key });
};
