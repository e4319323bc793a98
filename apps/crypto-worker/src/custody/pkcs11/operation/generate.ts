import type { Handle } from 'pkcs11js';
import { ckrOf } from '../cryptoki/ckr.js';
import { actionFor, repeating } from '../cryptoki/error-policy.js';
import type { KeyShape } from '../job/key-shape.js';
import type { Placement } from '../job/placement.js';
import { kindOf } from '../kind/kinds.js';
import { keyTemplate, publicTemplate } from '../kind/template.js';
import type { PairKind, SecretKind } from '../kind/token-kind.js';
import { unpackObject } from '../session/locator.js';
import { ObjectRefused, type TokenSession } from '../session/token-session.js';
import { checkObject } from './check-object.js';

export interface Made {
  readonly key: Handle;
  /** DER SubjectPublicKeyInfo; null for a secret key. */
  readonly spki: Buffer | null;
}

const makePair = (session: TokenSession, kind: PairKind, shape: KeyShape, place: Placement): Made => {
  const publicHalf = session.template(publicTemplate(shape, place.id, session.profile));
  const privateHalf = session.template(keyTemplate(shape, place, session.profile));
  const handle = session.session;
  session.begin('C_GenerateKeyPair', 'create');
  const pair = session.p11.C_GenerateKeyPair(handle, { mechanism: kind.generation }, publicHalf, privateHalf);
  try {
    const spki = kind.spki(session, shape, pair.publicKey);
    session.destroyObject(pair.publicKey);
    return { key: pair.privateKey, spki };
  } catch (error) {
    if (place.as === 'token') session.p11.C_DestroyObject(handle, pair.privateKey);
    throw error;
  }
};

const makeSecret = (session: TokenSession, { generation }: SecretKind, shape: KeyShape, place: Placement): Made => {
  // The mechanism implies CKA_CLASS and CKA_KEY_TYPE, except for generic secrets on some tokens. The template therefore has
  // them.
  const template = session.template(keyTemplate(shape, place, session.profile));
  const handle = session.session;
  session.begin('C_GenerateKey', 'create');
  return { key: session.p11.C_GenerateKey(handle, { mechanism: generation }, template), spki: null };
};

export const make = (session: TokenSession, shape: KeyShape, place: Placement): Made => {
  const kind = kindOf(shape);
  return kind.pair ? makePair(session, kind, shape, place) : makeSecret(session, kind, shape, place);
};

/** Destroys every object with this id. The error policy still judges the call that failed before. */
const clearAway = (session: TokenSession, id: Buffer): void => {
  const { call, kind } = session;
  for (const handle of session.find(id, null, 8)) session.destroyObject(handle);
  session.begin(call, kind);
};

/** Clears away a new object that is not as it should be, or whose making is to be repeated. */
export const clearAfter = (session: TokenSession, id: Buffer, error: unknown): void => {
  const code = ckrOf(error);
  const isRepeated = code !== null && repeating.includes(actionFor(code, session.kind));
  if (isRepeated || error instanceof ObjectRefused) clearAway(session, id);
};

/**
 * Looks for the id first: an id is never used twice (on some tokens that destroys the older key), and a find refreshes
 * tokens that show other processes' objects only then. A failed call leaves nothing, so that it may be repeated. The new
 * object is checked as it will be at its first use: a token may ignore a part of its template.
 * @returns the SPKI of a pair, nothing for a secret key
 */
export const generate = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [locator] = parts as [Buffer];
  const { id, expected } = unpackObject(locator);
  const { shape, name } = expected;
  if (session.find(id, null, 1).length > 0) throw new Error('an object already has this CKA_ID');
  try {
    const { key, spki } = make(session, shape, { id, label: name.label, as: 'token' });
    checkObject(session, key, id, expected);
    return spki ? [spki] : [];
  } catch (error) {
    clearAfter(session, id, error);
    throw error;
  }
};
