import { randomBytes } from 'node:crypto';
import { fitsSecret, secretBytesOf } from '@ankasecure/algorithm';
import type { ImportMethod } from '@ankasecure/contracts';
import type { Handle } from 'pkcs11js';
import { cka, objectClass } from '../cryptoki/attribute.js';
import { ckrOf } from '../cryptoki/ckr.js';
import { ckm, params } from '../cryptoki/mechanism.js';
import { signatureVariant } from '../job/job.js';
import { type KeyShape, platformShapes } from '../job/key-shape.js';
import { type Placement, trialPlace } from '../job/placement.js';
import { hashOf } from '../kind/hmac.js';
import { kindOf } from '../kind/kinds.js';
import { unwrappedTemplate } from '../kind/template.js';
import type { SecretKind, UnwrapAs } from '../kind/token-kind.js';
import { checkMaterial } from '../material/check-material.js';
import { readMaterial } from '../material/read-material.js';
import { BadMaterial } from '../session/bad-material.js';
import { type ObjectLocator, unpackObject } from '../session/locator.js';
import { passing } from '../session/passing.js';
import { type TokenSession, telling } from '../session/token-session.js';
import { kekMechanism } from '../use/kwp.js';
import { signWith } from '../use/sign.js';
import { checkObject } from './check-object.js';
import { clearAfter } from './generate.js';
import { wrapAndBind } from './wrap-key.js';

const oaep = {
  'SHA-1': { type: params.rsaOaep, hashAlg: ckm.SHA_1, mgf: 1, source: 1 },
  'SHA-256': { type: params.rsaOaep, hashAlg: ckm.SHA256, mgf: 2, source: 1 },
} as const;

/**
 * Until the material has proved good, every error of the token counts as the material's fault, and the canary checks the
 * token. An error of our own in reading the token's answers counts as the material's fault too.
 */
const onTrial = <Result>(session: TokenSession, work: () => Result): Result => {
  session.allCalls = 'caller-data';
  try {
    return work();
  } catch (error) {
    if (ckrOf(error) !== null || telling.some((type) => error instanceof type)) throw error;
    throw new BadMaterial(session.trial ?? 'use', { cause: error });
  } finally {
    session.allCalls = null;
  }
};

/**
 * Checks the length of a secret key, as the token reports it and by using the key. All bytes of the right length are a key, so
 * one that cannot be used has another length.
 */
const tryOut = (session: TokenSession, kind: SecretKind, shape: KeyShape, unwrapAs: UnwrapAs): void => {
  const tried = kind.trialShape(shape);
  const key = unwrapAs(tried, trialPlace());
  session.trial = 'length';
  passing(session, key, () => {
    const length = session.attribute(key, cka.VALUE_LEN).readUInt32LE();
    if (length !== 0 && !fitsSecret(shape, length)) throw new BadMaterial('length');
    kind.tryOut(session, key, tried);
  });
};

/** @returns DER SubjectPublicKeyInfo of a pair, null for a secret key */
const onceTried = (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs): Buffer | null => {
  const kind = kindOf(shape);
  if (kind.pair) return kind.prove(session, shape, unwrapAs);
  tryOut(session, kind, shape, unwrapAs);
  return null;
};

/** RFC 5649: eight bytes, and the key padded to a multiple of eight. */
const kwpBytes = (bits: number): number => 8 + 8 * Math.ceil(bits / 64);

/** Tells whether `blob` may be a key of this kind, by its length. */
const fits = (shape: KeyShape, { length }: Buffer): boolean => {
  if (kindOf(shape).pair) return length >= kwpBytes(128);
  const { least, most } = secretBytesOf(shape);
  return length >= kwpBytes(8 * least) && length <= kwpBytes(8 * most);
};

/** Unwraps, by RSA-OAEP, another key that unwraps. */
export const unwrapOaep = (
  session: TokenSession,
  pair: Handle,
  transported: Buffer,
  shape: KeyShape,
  place: Placement,
): Handle => {
  const template = session.template(unwrappedTemplate(shape, place, session.profile));
  const mechanism = { mechanism: ckm.RSA_PKCS_OAEP, parameter: oaep[session.profile.importHash] };
  session.begin('C_UnwrapKey', 'caller-data');
  session.trial = 'transport';
  return session.p11.C_UnwrapKey(session.session, mechanism, pair, transported, template);
};

/** Leaves no object that is not as it should be. */
const keep = (session: TokenSession, id: Buffer, work: () => void): void => {
  try {
    work();
  } catch (error) {
    clearAfter(session, id, error);
    throw error;
  }
};

/** A key to import. */
interface Incoming {
  /** The resulting object, if it becomes one. */
  readonly own: ObjectLocator;
  readonly blob: Buffer;
  /** The header and the locators of the KEK and the `blob-mac` key that wrap it; empty if it becomes an object. */
  readonly wrapping: readonly Buffer[];
}

/** Has the worker check a private key that the token would take unchecked. */
const inspect = (session: TokenSession, wrapper: Handle, shape: KeyShape, blob: Buffer): void => {
  if (session.profile.importCheck === 'token' || !kindOf(shape).pair) return;
  const plaintext = readMaterial(session, wrapper, blob);
  session.trial = 'use';
  try {
    checkMaterial(shape, plaintext);
  } finally {
    plaintext.fill(0);
  }
};

/** A token may fill a secret with zeros when it wraps it, which changes the MACs of a key that is longer than a block. */
const assertSame = (
  session: TokenSession,
  shape: KeyShape,
  key: Handle,
  blob: Buffer,
  [, kek]: readonly Buffer[],
): void => {
  if (shape.kind !== 'hmac' || kek === undefined) return;
  const variant = signatureVariant('hmac', hashOf(shape.bits));
  const template = session.template(unwrappedTemplate(shape, trialPlace(), session.profile));
  const wrapper = session.key(objectClass.secret, kek);
  session.begin('C_UnwrapKey', 'caller-data');
  const again = session.p11.C_UnwrapKey(session.session, kekMechanism(session), wrapper, blob, template);
  passing(session, again, () => {
    const message = randomBytes(40);
    const [before, after] = [key, again].map((each) => signWith(session, each, variant, message));
    if (!before?.equals(after ?? Buffer.of())) throw new BadMaterial('wrap');
  });
};

const takeIn = (
  session: TokenSession,
  wrapper: Handle,
  { own: { id, expected }, blob, wrapping }: Incoming,
): readonly Buffer[] => {
  const { shape, name } = expected;
  const unwrapAs: UnwrapAs = (as, where) => {
    const attributes = session.template(unwrappedTemplate(as, where, session.profile));
    // Once the material has proved good, failures are the token's.
    session.begin('C_UnwrapKey', 'create');
    const key = session.p11.C_UnwrapKey(session.session, kekMechanism(session), wrapper, blob, attributes);
    if (session.trial !== null) session.trial = 'use';
    return key;
  };
  session.trial = 'unwrap';
  const spki = onTrial(session, () => {
    inspect(session, wrapper, shape, blob);
    return onceTried(session, shape, unwrapAs);
  });
  const publicHalf = spki ? [spki] : [];
  if (wrapping.length === 0) {
    session.trial = null;
    keep(session, id, () =>
      checkObject(session, unwrapAs(shape, { id, label: name.label, as: 'token' }), id, expected),
    );
    return publicHalf;
  }
  // A key that the token cannot wrap is bad material too.
  const wrapped = onTrial(session, () => {
    const key = unwrapAs(shape, { ...trialPlace(), as: 'wrappable-session' });
    return passing(session, key, () => {
      const bound = wrapAndBind(session, key, wrapping as [Buffer, Buffer, Buffer]);
      assertSame(session, shape, key, bound[0], wrapping);
      return bound;
    });
  });
  return [...wrapped, ...publicHalf];
};

/**
 * `rsa-aes-kwp` has two steps, both inside the token: the `import` key unwraps an AES key, and the AES key unwraps the key.
 * Tokens with CKM_RSA_AES_KEY_WRAP do the same in one step, from the same bytes. For `aes-kwp` the AES key is in the token
 * already.
 * @returns as `generate` or `generate-wrapped`
 */
export const importKey = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [how, locator, under, material, ...wrapping] = parts as [Buffer, Buffer, Buffer, Buffer, ...Buffer[]];
  const method = how.toString() as ImportMethod;
  const own = unpackObject(locator);
  const { shape } = own.expected;
  const blobAt = method === 'rsa-aes-kwp' ? platformShapes.import.bits / 8 : 0;
  const blob = material.subarray(blobAt);
  if (!fits(shape, blob)) throw new BadMaterial('length');
  if (wrapping.length === 0 && session.find(own.id, null, 1).length > 0)
    throw new Error('an object already has this CKA_ID');
  const incoming: Incoming = { own, blob, wrapping };
  if (method === 'aes-kwp') return takeIn(session, session.key(objectClass.secret, under), incoming);
  const pair = session.key(objectClass.private, under);
  const transport = unwrapOaep(session, pair, material.subarray(0, blobAt), platformShapes.transport, trialPlace());
  return passing(session, transport, () => takeIn(session, transport, incoming));
};
