import { postQuantumAttributes, postQuantumKeyTypes } from './post-quantum.js';

/** Attribute numbers (PKCS#11 v2.40 §A; those of v3.2 are in `post-quantum.ts`). */
export const cka = {
  ...postQuantumAttributes,
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
  LOCAL: 0x163,
  NEVER_EXTRACTABLE: 0x164,
  ALWAYS_SENSITIVE: 0x165,
  MODIFIABLE: 0x170,
  COPYABLE: 0x171,
  EC_PARAMS: 0x180,
  EC_POINT: 0x181,
  ALLOWED_MECHANISMS: 0x40000600,
  UNWRAP_TEMPLATE: 0x40000212,
} as const;

export const objectClass = { data: 0, public: 2, private: 3, secret: 4 } as const;
export type ObjectClass = (typeof objectClass)[keyof typeof objectClass];

export const keyType = { rsa: 0x0, ec: 0x3, generic: 0x10, aes: 0x1f, edwards: 0x40, ...postQuantumKeyTypes } as const;

export interface PlainAttribute {
  readonly type: number;
  readonly value: number | boolean;
}

export interface Attribute {
  readonly type: number;
  /** An array if the attribute itself holds attributes. */
  readonly value: number | boolean | string | Buffer | readonly PlainAttribute[];
}

/** The template of a shared secret or a content encryption key. It is readable and is destroyed at the end of its job. */
export const passingSecret = <Extra extends Attribute = PlainAttribute>(
  extra: readonly Extra[] = [],
): readonly (PlainAttribute | Extra)[] => [
  { type: cka.CLASS, value: objectClass.secret },
  { type: cka.KEY_TYPE, value: keyType.generic },
  { type: cka.TOKEN, value: false },
  { type: cka.PRIVATE, value: true },
  { type: cka.SENSITIVE, value: false },
  { type: cka.EXTRACTABLE, value: true },
  ...extra,
];
