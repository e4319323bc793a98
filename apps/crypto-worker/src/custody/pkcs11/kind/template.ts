import { type HpkeAlg, isHpkeAlg, isMlKemJweAlg, type JweAlg, type MlKemJweAlg } from '@ankasecure/algorithm';
import { type Attribute, cka, objectClass, type PlainAttribute } from '../cryptoki/attribute.js';
import type { KeyShape } from '../job/key-shape.js';
import type { Placement } from '../job/placement.js';
import type { Profile } from '../profile/profile.js';
import { kindOf, objectClassOf } from './kinds.js';

const secretRights = ['ENCRYPT', 'DECRYPT', 'SIGN', 'VERIFY', 'WRAP', 'UNWRAP', 'DERIVE'] as const;
const privateRights = ['DECRYPT', 'SIGN', 'SIGN_RECOVER', 'UNWRAP', 'DERIVE'] as const;
const publicRights = ['ENCRYPT', 'VERIFY', 'VERIFY_RECOVER', 'WRAP'] as const;
type Right = (typeof secretRights | typeof privateRights | typeof publicRights)[number] | 'DECAPSULATE';

interface Rights {
  readonly own: readonly Right[];
  readonly publicHalf?: readonly Right[];
}

/** Encapsulation needs only the public key, and runs outside. */
const kemRights: Rights = { own: ['DECAPSULATE'], publicHalf: [] };

/**
 * The rights of each purpose. A key that wraps never decrypts: a key with both rights would reveal every wrapped key (Clulow
 * 2003).
 */
const rights: Readonly<
  Record<Exclude<KeyShape['purpose'], 'encrypt'> | Exclude<JweAlg, MlKemJweAlg | HpkeAlg>, Rights>
> = {
  sign: { own: ['SIGN'], publicHalf: ['VERIFY'] },
  mac: { own: ['SIGN'] },
  'RSA-OAEP-256': { own: ['DECRYPT'], publicHalf: ['ENCRYPT'] },
  'ECDH-ES+A256KW': { own: ['DERIVE'], publicHalf: [] },
  A128KW: { own: ['WRAP', 'UNWRAP'] },
  A256KW: { own: ['WRAP', 'UNWRAP'] },
  dir: { own: ['ENCRYPT', 'DECRYPT'] },
  kek: { own: ['WRAP', 'UNWRAP'] },
  'audit-mac': { own: ['SIGN'] },
  'blob-mac': { own: ['SIGN'] },
  'record-mac': { own: ['SIGN'] },
  import: { own: ['UNWRAP'], publicHalf: ['WRAP'] },
  transport: { own: ['UNWRAP'] },
  wrap: { own: ['UNWRAP'] },
  seal: { own: ['ENCRYPT', 'DECRYPT'] },
  canary: { own: ['ENCRYPT', 'DECRYPT'] },
  encapsulate: kemRights,
};

const rightsOf = (shape: KeyShape): Rights => {
  if (shape.purpose !== 'encrypt') return rights[shape.purpose];
  if (!shape.alg) throw new Error('a key for encrypt must have a JOSE algorithm');
  return isMlKemJweAlg(shape.alg) || isHpkeAlg(shape.alg) ? kemRights : rights[shape.alg];
};

/** Keys that unwrap others and outlast a job. */
const lastingWrappers: readonly KeyShape['purpose'][] = ['kek', 'wrap'];

/** The mechanisms that a key may ever be used with. */
export const mechanismsOf = (shape: KeyShape, profile: Profile): readonly number[] =>
  kindOf(shape).mechanisms(shape, profile);

const ulongs = (values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => buffer.writeBigUInt64LE(BigInt(value), index * 8));
  return buffer;
};

const flags = (all: readonly Right[], granted: readonly Right[]): readonly Attribute[] =>
  all.map((right) => ({ type: cka[right], value: granted.includes(right) }));

/**
 * The attributes that a lasting unwrapping key requires of the keys it unwraps. Without them any logged-in user could unwrap
 * a blob to a generic secret and read it. The unwrapped key may still be extractable: inside the token, a new KEK rewraps
 * keys that an old one unwraps.
 */
const unwrapsOnlyTo: readonly PlainAttribute[] = [{ type: cka.SENSITIVE, value: true }];

/** The template of a private or secret key. */
export const keyTemplate = (shape: KeyShape, place: Placement, profile: Profile): readonly Attribute[] => {
  const kind = kindOf(shape);
  const { pair, keyType } = kind;
  const readable = place.as === 'readable-session';
  const allowed = profile.allowedMechanisms ? ulongs(mechanismsOf(shape, profile)) : null;
  const all: readonly Attribute[] = [
    { type: cka.CLASS, value: objectClassOf(shape) },
    { type: cka.KEY_TYPE, value: keyType },
    { type: cka.TOKEN, value: place.as === 'token' },
    { type: cka.PRIVATE, value: true },
    { type: cka.SENSITIVE, value: !readable },
    { type: cka.EXTRACTABLE, value: readable || place.as === 'wrappable-session' },
    { type: cka.MODIFIABLE, value: false },
    { type: cka.COPYABLE, value: false },
    { type: cka.ID, value: place.id },
    { type: cka.LABEL, value: place.label },
    ...flags(pair ? [...privateRights, ...(kind.ownRights ?? [])] : secretRights, rightsOf(shape).own),
    ...(pair ? (kind.privateParameters?.(shape) ?? []) : []),
    ...(pair ? [] : [{ type: cka.VALUE_LEN, value: shape.bits / 8 }]),
    ...(allowed ? [{ type: cka.ALLOWED_MECHANISMS, value: allowed }] : []),
    ...(lastingWrappers.includes(shape.purpose) && profile.unwrapTemplate
      ? [{ type: cka.UNWRAP_TEMPLATE, value: unwrapsOnlyTo }]
      : []),
  ];
  return all.filter((attribute) => !profile.omitAttributes.includes(attribute.type));
};

/**
 * The template of a key that is unwrapped from a blob. The blob decides its length. SoftHSM accepts no attribute after one
 * that makes the key unmodifiable.
 */
export const unwrappedTemplate = (shape: KeyShape, place: Placement, profile: Profile): readonly Attribute[] => {
  const all = keyTemplate(shape, place, profile).filter(({ type }) => type !== cka.VALUE_LEN);
  const isLast = ({ type }: Attribute): boolean => type === cka.MODIFIABLE;
  return [...all.filter((attribute) => !isLast(attribute)), ...all.filter(isLast)];
};

/** The template of a public half: a session object that is read once and destroyed. Public operations run outside the token. */
export const publicTemplate = (shape: KeyShape, id: Buffer, profile: Profile): readonly Attribute[] => {
  const kind = kindOf(shape);
  return [
    { type: cka.CLASS, value: objectClass.public },
    { type: cka.KEY_TYPE, value: kind.keyType },
    { type: cka.TOKEN, value: false },
    { type: cka.PRIVATE, value: false },
    { type: cka.ID, value: id },
    ...flags(publicRights, rightsOf(shape).publicHalf ?? []),
    ...(kind.pair ? kind.domainParameters(shape, profile) : []),
  ];
};
