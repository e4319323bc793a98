import type { AlgorithmKind, JweAlg, Purpose } from '@ankasecure/algorithm';
import { ckm } from '../cryptoki/mechanism.js';
import type { Profile } from '../profile/profile.js';

/** Attribute numbers (PKCS#11 v2.40 §A). */
export const cka = {
  CLASS: 0x0,
  TOKEN: 0x1,
  PRIVATE: 0x2,
  LABEL: 0x3,
  VALUE: 0x11,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SENSITIVE: 0x103,
  ENCRYPT: 0x104,
  DECRYPT: 0x105,
  WRAP: 0x106,
  UNWRAP: 0x107,
  SIGN: 0x108,
  SIGN_RECOVER: 0x109,
  VERIFY: 0x10a,
  VERIFY_RECOVER: 0x10b,
  DERIVE: 0x10c,
  MODULUS: 0x120,
  MODULUS_BITS: 0x121,
  PUBLIC_EXPONENT: 0x122,
  VALUE_LEN: 0x161,
  EXTRACTABLE: 0x162,
  MODIFIABLE: 0x170,
  COPYABLE: 0x171,
  EC_PARAMS: 0x180,
  EC_POINT: 0x181,
  ALLOWED_MECHANISMS: 0x40000600,
  UNWRAP_TEMPLATE: 0x40000212,
} as const;

export const objectClass = { public: 2, private: 3, secret: 4 } as const;
export const keyType = { rsa: 0x0, ec: 0x3, generic: 0x10, aes: 0x1f, edwards: 0x40 } as const;

export interface PlainAttribute {
  readonly type: number;
  readonly value: number | boolean;
}

export interface Attribute {
  readonly type: number;
  /** An array where the attribute holds attributes itself. */
  readonly value: number | boolean | string | Buffer | readonly PlainAttribute[];
}

/** Everything that decides a key's template. `platform` keys serve us, the others callers. */
export interface KeyShape {
  readonly kind: AlgorithmKind;
  readonly bits: number;
  readonly purpose: Purpose | 'kek' | 'audit-mac' | 'blob-mac' | 'import' | 'transport' | 'seal' | 'canary';
  readonly alg: JweAlg | null;
}

export const platformShapes = {
  kek: { kind: 'aes', bits: 256, purpose: 'kek', alg: null },
  'audit-mac': { kind: 'hmac', bits: 256, purpose: 'audit-mac', alg: null },
  'token-signing': { kind: 'ec', bits: 256, purpose: 'sign', alg: null },
  'blob-mac': { kind: 'hmac', bits: 256, purpose: 'blob-mac', alg: null },
  import: { kind: 'rsa', bits: 4096, purpose: 'import', alg: null },
  /** The AES key between an `import` key and what is brought in; it is there for one job. */
  transport: { kind: 'aes', bits: 256, purpose: 'transport', alg: null },
  /** A data key, for what is kept outside: it is none of callers', so no blob of theirs passes for one. */
  seal: { kind: 'aes', bits: 256, purpose: 'seal', alg: null },
  canary: { kind: 'aes', bits: 256, purpose: 'canary', alg: null },
} as const satisfies Record<string, KeyShape>;

const secretRights = ['ENCRYPT', 'DECRYPT', 'SIGN', 'VERIFY', 'WRAP', 'UNWRAP', 'DERIVE'] as const;
const privateRights = ['DECRYPT', 'SIGN', 'SIGN_RECOVER', 'UNWRAP', 'DERIVE'] as const;
const publicRights = ['ENCRYPT', 'VERIFY', 'VERIFY_RECOVER', 'WRAP'] as const;
type Right = (typeof secretRights | typeof privateRights | typeof publicRights)[number];

interface Rights {
  readonly own: readonly Right[];
  readonly publicHalf?: readonly Right[];
}

/** One purpose, one set of rights. A key that wraps never decrypts: together they give every wrapped key away (Clulow 2003). */
const rights: Readonly<Record<Exclude<KeyShape['purpose'], 'encrypt'> | JweAlg, Rights>> = {
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
  import: { own: ['UNWRAP'], publicHalf: ['WRAP'] },
  transport: { own: ['UNWRAP'] },
  wrap: { own: ['UNWRAP'] },
  seal: { own: ['ENCRYPT', 'DECRYPT'] },
  canary: { own: ['ENCRYPT', 'DECRYPT'] },
};

const rightsOf = (shape: KeyShape): Rights => {
  if (shape.purpose !== 'encrypt') return rights[shape.purpose];
  if (!shape.alg) throw new Error('a key for encrypt must have a JOSE algorithm');
  return rights[shape.alg];
};

const hmacBySize: Readonly<Record<number, number>> = {
  256: ckm.SHA256_HMAC,
  384: ckm.SHA384_HMAC,
  512: ckm.SHA512_HMAC,
};

/** Of keys that others are wrapped with; and of those, whatever lasts longer than a job. */
const wrappingPurposes: readonly KeyShape['purpose'][] = ['kek', 'transport', 'wrap'];
const lastingWrappers: readonly KeyShape['purpose'][] = ['kek', 'wrap'];

/** The mechanisms a key may ever be used with; at creation they become CKA_ALLOWED_MECHANISMS. */
export const mechanismsOf = (shape: KeyShape, profile: Profile): readonly number[] => {
  if (wrappingPurposes.includes(shape.purpose)) return profile.kekWrap;
  if (shape.purpose === 'import') return [ckm.RSA_PKCS_OAEP];
  if (shape.purpose === 'seal' || shape.purpose === 'canary' || shape.alg === 'dir') return [profile.gcm.mechanism];
  if (shape.kind === 'hmac') return [hmacBySize[shape.bits] ?? ckm.SHA256_HMAC];
  if (shape.kind === 'aes') return [profile.cekWrap];
  if (shape.kind === 'ed') return [ckm.EDDSA];
  if (shape.kind === 'ec') return [shape.purpose === 'sign' ? ckm.ECDSA : ckm.ECDH1_DERIVE];
  if (shape.purpose === 'sign') return [ckm.RSA_PKCS, ckm.RSA_PKCS_PSS];
  return [profile.oaep === 'token' ? ckm.RSA_PKCS_OAEP : ckm.RSA_X_509];
};

export const generationOf = {
  rsa: { mechanism: ckm.RSA_PKCS_KEY_PAIR_GEN, pair: true, type: keyType.rsa },
  ec: { mechanism: ckm.EC_KEY_PAIR_GEN, pair: true, type: keyType.ec },
  ed: { mechanism: ckm.EC_EDWARDS_KEY_PAIR_GEN, pair: true, type: keyType.edwards },
  aes: { mechanism: ckm.AES_KEY_GEN, pair: false, type: keyType.aes },
  hmac: { mechanism: ckm.GENERIC_SECRET_KEY_GEN, pair: false, type: keyType.generic },
} as const satisfies Record<AlgorithmKind, { mechanism: number; pair: boolean; type: number }>;

/** DER object identifiers of the named curves, by size (RFC 5480 §2.1.1.1). */
export const curveOids: Readonly<Record<number, Buffer>> = {
  256: Buffer.from('06082a8648ce3d030107', 'hex'),
  384: Buffer.from('06052b81040022', 'hex'),
  521: Buffer.from('06052b81040023', 'hex'),
};
const ed25519Oid = Buffer.from('06032b6570', 'hex');
const ed25519Name = Buffer.concat([Buffer.from([0x13, 12]), Buffer.from('edwards25519')]);

const ulongs = (values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => buffer.writeBigUInt64LE(BigInt(value), index * 8));
  return buffer;
};

const flags = (all: readonly Right[], granted: readonly Right[]): readonly Attribute[] =>
  all.map((right) => ({ type: cka[right], value: granted.includes(right) }));

/**
 * What a lasting key that unwraps others demands of them. Without this anybody who is logged in could have a blob back as a generic
 * secret and read it. It may still be extractable: a new KEK wraps again what an old one unwraps, inside the token.
 */
const unwrapsOnlyTo: readonly PlainAttribute[] = [{ type: cka.SENSITIVE, value: true }];

export interface Placement {
  readonly id: Buffer;
  readonly label: string;
  /**
   * All but `token` end with their session: keys in use that are wrapped otherwise, keys about to be wrapped, and those of
   * self-tests, of which secret ones may be read back to check them.
   */
  readonly as: 'token' | 'session' | 'wrappable-session' | 'readable-session';
}

/** The private or secret key. */
export const keyTemplate = (shape: KeyShape, place: Placement, profile: Profile): readonly Attribute[] => {
  const { pair, type } = generationOf[shape.kind];
  const readable = place.as === 'readable-session';
  const allowed = profile.allowedMechanisms ? ulongs(mechanismsOf(shape, profile)) : null;
  const all: readonly Attribute[] = [
    { type: cka.CLASS, value: pair ? objectClass.private : objectClass.secret },
    { type: cka.KEY_TYPE, value: type },
    { type: cka.TOKEN, value: place.as === 'token' },
    { type: cka.PRIVATE, value: true },
    { type: cka.SENSITIVE, value: !readable },
    { type: cka.EXTRACTABLE, value: readable || place.as === 'wrappable-session' },
    { type: cka.MODIFIABLE, value: false },
    { type: cka.COPYABLE, value: false },
    { type: cka.ID, value: place.id },
    { type: cka.LABEL, value: place.label },
    ...flags(pair ? privateRights : secretRights, rightsOf(shape).own),
    ...(pair ? [] : [{ type: cka.VALUE_LEN, value: shape.bits / 8 }]),
    ...(allowed ? [{ type: cka.ALLOWED_MECHANISMS, value: allowed }] : []),
    ...(lastingWrappers.includes(shape.purpose) && profile.unwrapTemplate
      ? [{ type: cka.UNWRAP_TEMPLATE, value: unwrapsOnlyTo }]
      : []),
  ];
  return all.filter((attribute) => !profile.omitAttributes.includes(attribute.type));
};

/**
 * The same for a key that comes out of a blob. Its length is the blob's, and SoftHSM takes no attribute after one that says it
 * is not modifiable.
 */
export const unwrappedTemplate = (shape: KeyShape, place: Placement, profile: Profile): readonly Attribute[] => {
  const all = keyTemplate(shape, place, profile).filter(({ type }) => type !== cka.VALUE_LEN);
  const isLast = ({ type }: Attribute): boolean => type === cka.MODIFIABLE;
  return [...all.filter((attribute) => !isLast(attribute)), ...all.filter(isLast)];
};

/** The public half: a session object, read once and destroyed; public operations are done outside the token. */
export const publicTemplate = (shape: KeyShape, id: Buffer, profile: Profile): readonly Attribute[] => [
  { type: cka.CLASS, value: objectClass.public },
  { type: cka.KEY_TYPE, value: generationOf[shape.kind].type },
  { type: cka.TOKEN, value: false },
  { type: cka.PRIVATE, value: false },
  { type: cka.ID, value: id },
  ...flags(publicRights, rightsOf(shape).publicHalf ?? []),
  ...domainParameters(shape, profile),
];

const domainParameters = (shape: KeyShape, profile: Profile): readonly Attribute[] => {
  if (shape.kind === 'rsa')
    return [
      { type: cka.MODULUS_BITS, value: shape.bits },
      { type: cka.PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
    ];
  if (shape.kind === 'ed')
    return [{ type: cka.EC_PARAMS, value: profile.edParams === 'oid' ? ed25519Oid : ed25519Name }];
  const oid = curveOids[shape.bits];
  if (!oid) throw new Error(`no curve of ${shape.bits} bits`);
  return [{ type: cka.EC_PARAMS, value: oid }];
};

/** A shared secret or content encryption key on its way through: readable, and gone at the end of its job. */
export const passingSecret = (extra: readonly Attribute[] = []): readonly Attribute[] => [
  { type: cka.CLASS, value: objectClass.secret },
  { type: cka.KEY_TYPE, value: keyType.generic },
  { type: cka.TOKEN, value: false },
  { type: cka.PRIVATE, value: true },
  { type: cka.SENSITIVE, value: false },
  { type: cka.EXTRACTABLE, value: true },
  ...extra,
];
