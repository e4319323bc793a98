import { createECDH, createHash, createPublicKey, ECDH, type KeyObject, randomBytes, verify } from 'node:crypto';
import type { ImportMethod } from '@ankasecure/contracts';
import type { Handle } from 'pkcs11js';
import { ckrOf } from '../cryptoki/ckr.js';
import { ckm, params } from '../cryptoki/mechanism.js';
import { signatureVariants } from '../job/job.js';
import { ecSpki, rsaSpki } from '../kind/spki.js';
import {
  cka,
  curveOids,
  type KeyShape,
  objectClass,
  type Placement,
  platformShapes,
  unwrappedTemplate,
} from '../kind/template.js';
import { BadData, type TokenSession, telling } from '../session/token-session.js';
import { agreeWith } from '../use/agree.js';
import { sealGcmWith } from '../use/gcm.js';
import { signWith } from '../use/sign.js';
import { wrapCekWith } from '../use/wrap-cek.js';
import { kekMechanism, passing, wrapAndBind } from './wrap-key.js';

/** What an `import` job says in its first part, as JSON. */
export interface ImportSpec {
  readonly shape: KeyShape;
  readonly label: string;
  readonly method: ImportMethod;
}

const oaep = {
  'SHA-1': { type: params.rsaOaep, hashAlg: ckm.SHA_1, mgf: 1, source: 1 },
  'SHA-256': { type: params.rsaOaep, hashAlg: ckm.SHA256, mgf: 2, source: 1 },
} as const;

const curves: Readonly<Record<number, string>> = { 256: 'prime256v1', 384: 'secp384r1', 521: 'secp521r1' };
const variantOf = (scheme: string, hash: string | null): number =>
  signatureVariants.findIndex((row) => row.scheme === scheme && row.hash === hash);

/**
 * Until the material has proved good, whatever the token says of it is the material's fault, and the canary looks at the token;
 * and whatever this side of it stumbles over, reading what the token says, is the material's too.
 */
const onTrial = <Result>(session: TokenSession, work: () => Result): Result => {
  session.allCalls = 'caller-data';
  try {
    return work();
  } catch (error) {
    if (ckrOf(error) !== null || telling.some((type) => error instanceof type)) throw error;
    throw new BadData('material', { cause: error });
  } finally {
    session.allCalls = null;
  }
};

/** Unwraps the key as often as it takes, each time to one purpose only: nothing ever holds the rights of two. */
type UnwrapAs = (shape: KeyShape, place: Placement) => Handle;

const temporary = (): Placement => ({ id: randomBytes(16), label: 'ankasecure:import', as: 'session' });
const using = <Result>(session: TokenSession, key: Handle, work: (key: Handle) => Result): Result =>
  passing(session, key, () => work(key));

/** Whether `key` signs what its other half verifies. */
const proves = (session: TokenSession, key: Handle, variant: number, publicKey: KeyObject): boolean => {
  const message = randomBytes(40);
  const signature = signWith(session, key, variant, createHash('sha256').update(message).digest());
  return verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
};

const publicKeyOf = (spki: Buffer): KeyObject => createPublicKey({ key: spki, format: 'der', type: 'spki' });

const rsaPublic = (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs): Buffer =>
  using(session, unwrapAs({ ...shape, purpose: 'sign', alg: null }, temporary()), (key) => {
    const modulus = session.attribute(key, cka.MODULUS);
    const spki = rsaSpki(modulus, session.attribute(key, cka.PUBLIC_EXPONENT));
    const { modulusLength, publicExponent = 0n } = publicKeyOf(spki).asymmetricKeyDetails ?? {};
    if (modulusLength !== shape.bits) throw new BadData('modulus');
    // FIPS 186-5 §5.4: odd, and greater than 2^16.
    if (publicExponent < 65_537n || publicExponent % 2n === 0n) throw new BadData('exponent');
    if (!proves(session, key, variantOf('rsa-pkcs1', 'sha256'), publicKeyOf(spki))) throw new BadData('signature');
    return spki;
  });

/**
 * A private key object need not tell its point. Agreement with the base point gives d·G, as x alone; of the two points with
 * that x it is the one that a signature verifies with.
 */
const ecPublic = (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs): Buffer => {
  const curve = curves[shape.bits] ?? '';
  const one = createECDH(curve);
  one.setPrivateKey(Buffer.of(1));
  const agreeing = unwrapAs({ ...shape, purpose: 'encrypt', alg: 'ECDH-ES+A256KW' }, temporary());
  const x = using(session, agreeing, (key) => {
    if (!session.attribute(key, cka.EC_PARAMS).equals(curveOids[shape.bits] ?? Buffer.of())) throw new BadData('curve');
    return agreeWith(session, key, one.getPublicKey(), Math.ceil(shape.bits / 8));
  });
  const candidates = [2, 3].map((sign) => {
    const compressed = Buffer.concat([Buffer.of(sign), x]);
    const point = ECDH.convertKey(compressed, curve, undefined, undefined, 'uncompressed');
    return ecSpki(shape.bits, point as Buffer);
  });
  return using(session, unwrapAs({ ...shape, purpose: 'sign', alg: null }, temporary()), (key) => {
    const found = candidates.find((spki) => proves(session, key, variantOf('ecdsa', null), publicKeyOf(spki)));
    if (found === undefined) throw new BadData('point');
    return found;
  });
};

/** What a key that unwraps keys is tried as: there is nothing yet that it unwraps. */
const asWrappingCek = (shape: KeyShape): KeyShape => ({
  ...shape,
  ...{ purpose: 'encrypt', alg: shape.bits === 128 ? 'A128KW' : 'A256KW' },
});

/** A secret key of the right length, as far as the token tells it, that does what it is for. */
const tried = (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs): null =>
  using(session, unwrapAs(shape.purpose === 'wrap' ? asWrappingCek(shape) : shape, temporary()), (key) => {
    const length = session.attribute(key, cka.VALUE_LEN).readUInt32LE();
    if (length !== 0 && length !== shape.bits / 8) throw new BadData('length');
    if (shape.kind === 'hmac') signWith(session, key, variantOf('hmac', `sha${shape.bits}`), randomBytes(32));
    else if (shape.alg === 'dir') sealGcmWith(session, key, Buffer.of(), randomBytes(16));
    else wrapCekWith(session, key, randomBytes(32));
    return null;
  });

const publicHalf: Readonly<
  Record<KeyShape['kind'], (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs) => Buffer | null>
> = {
  rsa: rsaPublic,
  ec: ecPublic,
  ed: () => {
    throw new BadData('kind');
  },
  aes: tried,
  hmac: tried,
};

/** RFC 5649: eight bytes, and the key padded to a multiple of eight. */
const kwpBytes = (bits: number): number => 8 + 8 * Math.ceil(bits / 64);

/** Whether `blob` may be a key of this kind, as far as its length tells. */
const fits = ({ kind, bits }: KeyShape, blob: Buffer): boolean =>
  kind === 'aes' || kind === 'hmac' ? blob.length === kwpBytes(bits) : blob.length >= kwpBytes(128);

/** What an RSA key unwraps to, by RSA-OAEP: another key that unwraps. */
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
  return session.p11.C_UnwrapKey(session.session, mechanism, pair, transported, template);
};

/** A key that is to be taken in. */
interface Incoming {
  readonly shape: KeyShape;
  readonly blob: Buffer;
  /** Of the object it becomes. */
  readonly place: Placement;
  /** With what it is wrapped where it becomes none. */
  readonly wrapping: readonly Buffer[];
}

const takeIn = (
  session: TokenSession,
  wrapper: Handle,
  { shape, blob, place, wrapping }: Incoming,
): readonly Buffer[] => {
  const unwrapAs: UnwrapAs = (as, where) => {
    const attributes = session.template(unwrappedTemplate(as, where, session.profile));
    // Once the material has proved good, what fails is the token's.
    session.begin('C_UnwrapKey', 'create');
    return session.p11.C_UnwrapKey(session.session, kekMechanism(session), wrapper, blob, attributes);
  };
  const spki = onTrial(session, () => publicHalf[shape.kind](session, shape, unwrapAs));
  const own = spki ? [spki] : [];
  if (wrapping.length === 0) {
    unwrapAs(shape, place);
    return own;
  }
  const key = unwrapAs(shape, { ...temporary(), as: 'wrappable-session' });
  return [...using(session, key, () => wrapAndBind(session, key, wrapping as [Buffer, Buffer, Buffer])), ...own];
};

/**
 * By `rsa-aes-kwp` in two steps, each of them inside the token: an AES key with the `import` key, and the key with the AES key.
 * Tokens that have CKM_RSA_AES_KEY_WRAP do the same in one, of the same bytes. By `aes-kwp` the AES key is there already.
 * @returns as `generate` or `generate-wrapped`
 */
export const importKey = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [json, id, under, material, ...wrapping] = parts as [Buffer, Buffer, Buffer, Buffer, ...Buffer[]];
  const { shape, label, method } = JSON.parse(json.toString()) as ImportSpec;
  const blobAt = method === 'rsa-aes-kwp' ? platformShapes.import.bits / 8 : 0;
  const blob = material.subarray(blobAt);
  if (!fits(shape, blob)) throw new BadData('length');
  if (wrapping.length === 0 && session.find(id, null, 1).length > 0)
    throw new Error('an object already has this CKA_ID');
  const incoming: Incoming = { shape, blob, place: { id: Buffer.from(id), label, as: 'token' }, wrapping };
  if (method === 'aes-kwp') return takeIn(session, session.key(objectClass.secret, under), incoming);
  const pair = session.key(objectClass.private, under);
  const transport = unwrapOaep(session, pair, material.subarray(0, blobAt), platformShapes.transport, temporary());
  return using(session, transport, () => takeIn(session, transport, incoming));
};
