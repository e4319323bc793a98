import { hash, KeyObject } from 'node:crypto';
import { AnkaError, instant, text } from '@ankasecure/contracts';
import { importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { tokenAlgorithms } from './identity.config.js';

export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** The members of a JWK that say which algorithms it can verify. */
export interface TypedKey {
  readonly kty: string;
  readonly crv?: string;
  readonly alg?: TokenAlgorithm | undefined;
}

/** What verifies with a key of this type and curve (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864). A key of AKP names its own (RFC 9964). */
const fits: Readonly<Record<string, readonly TokenAlgorithm[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
};

/** The algorithms among `allowed` that a key can verify; its own alone, if it names one. */
export const algorithmsOf = ({ kty, crv, alg }: TypedKey, allowed: readonly TokenAlgorithm[]): TokenAlgorithm[] => {
  const able = alg === undefined ? (fits[kty === 'RSA' ? kty : `${kty} ${crv}`] ?? []) : [alg];
  return able.filter((one) => allowed.includes(one));
};

/** What a caller should do about a key for which `able` is not one algorithm. */
export const adviceOn = ({ kty }: TypedKey, able: readonly TokenAlgorithm[]): string =>
  able.length > 1
    ? `send alg: the key can verify ${able.join(', ')}`
    : kty === 'AKP'
      ? 'send alg: a key of AKP names its algorithm (RFC 9964)'
      : 'the alg of every key must be in algorithms';

const about = {
  kid: text(128)
    .optional()
    .describe('The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638).'),
  alg: z
    .enum(tokenAlgorithms)
    .optional()
    .describe('The algorithm that the key signs with. Default: the only one that fits the key, if there is one.'),
  use: z.enum(['sig'], 'must be sig, or absent: another key does not verify signatures').optional(),
  key_ops: z
    .array(z.string().max(32))
    .max(8)
    .refine((operations) => operations.includes('verify'), 'must contain verify, or be absent')
    .optional()
    .describe('Must contain `verify`. It is not stored.'),
};

/** The members of private and secret keys (RFC 7518 §6, RFC 9964). */
const secret: Record<never, z.ZodType> = Object.fromEntries(
  ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].map((name) => [
    name,
    z.never('belongs to a private or secret key: send the public key').optional(),
  ]),
);

/** @param bytes the maximum length */
const octets = (bytes: number) =>
  z
    .string()
    .min(1)
    .max(Math.ceil((bytes * 4) / 3))
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

/** Lengths fit the largest keys: an RSA modulus of 16384 bits with an exponent of FIPS 186-5, P-521, Ed25519, ML-DSA-87. */
const [rsa, ec, okp, akp] = [
  z.object({
    kty: z.literal('RSA'),
    ...about,
    n: octets(2048),
    e: octets(32),
    ...secret,
  }),
  z.object({
    kty: z.literal('EC'),
    ...about,
    crv: z.enum(['P-256', 'P-384', 'P-521']),
    x: octets(66),
    y: octets(66),
    ...secret,
  }),
  z.object({ kty: z.literal('OKP'), ...about, crv: z.literal('Ed25519'), x: octets(32), ...secret }),
  z.object({ kty: z.literal('AKP'), ...about, pub: octets(2592), ...secret }),
];

/** The members that define a key, in the order of RFC 7638 §3.2. */
const defining = ['alg', 'crv', 'e', 'kty', 'n', 'pub', 'x', 'y'] as const;

/** The SHA-256 thumbprint of a public key (RFC 7638; `alg` is a member of it for AKP alone, RFC 9964 §6). */
const thumbprintOf = (key: { readonly kty: string }): string => {
  const members = Object.entries(key).filter(([name]) => defining.some((one) => one === name));
  const own = members.filter(([name]) => name !== 'alg' || key.kty === 'AKP').toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify(Object.fromEntries(own)), 'base64url');
};

/** The stored members of a key. */
const stored = <Key extends TypedKey & { kid?: string | undefined; key_ops?: unknown }>({ key_ops: _, ...key }: Key) =>
  ({ ...key, kid: key.kid ?? thumbprintOf(key) }) as Key extends unknown
    ? Omit<Key, 'key_ops' | 'kid'> & { kid: string }
    : never;

/** A public JWK (RFC 7518 §6, RFC 8037 §2, RFC 9964). Unknown members are ignored (RFC 7517 §4), and a private member is refused. */
export const clientKey = z.discriminatedUnion('kty', [rsa, ec, okp, akp]).transform(stored);
type UnsettledKey = z.infer<typeof clientKey>;
/** A public key whose algorithm is settled. */
export type ClientKey = UnsettledKey & { readonly alg: TokenAlgorithm };

/** The key with its algorithm: its own, or the only one among `allowed` that fits it. Undefined if that is not one. */
export const settled = <Key extends UnsettledKey>(
  key: Key,
  allowed: readonly TokenAlgorithm[] = tokenAlgorithms,
): (Key & { readonly alg: TokenAlgorithm }) | undefined => {
  const [alg, ...more] = algorithmsOf(key, allowed);
  return alg === undefined || more.length > 0 ? undefined : { ...key, alg };
};

/** The end of a key or a certificate of an account. It proves nothing from then on. */
export const credentialEnd = {
  expiresAt: instant
    .optional()
    .describe('The time from which it proves nothing, and until which its tokens live at most. Default: no end.'),
};

/** A public JWK of an account, with its end. */
export const endingKey = z
  .discriminatedUnion('kty', [
    rsa.extend(credentialEnd),
    ec.extend(credentialEnd),
    okp.extend(credentialEnd),
    akp.extend(credentialEnd),
  ])
  .transform(stored)
  .transform((key, context) => {
    const whole = settled(key);
    if (whole !== undefined) return whole;
    const message = adviceOn(key, algorithmsOf(key, tokenAlgorithms));
    context.issues.push({ code: 'custom', message, path: ['alg'], input: key });
    return z.NEVER;
  });

interface RsaParameters {
  /** In bits. */
  readonly modulusLength: number;
  readonly publicExponent: bigint;
}

/** At least 2048 bits (SP 800-131A r2 §3) and an odd exponent above 2^16 (FIPS 186-5 §5.1). With exponent 1, every message is its own signature. */
export const isSoundRsa = ({ modulusLength, publicExponent }: RsaParameters): boolean =>
  modulusLength >= 2048 && publicExponent > 65_536n && publicExponent % 2n === 1n;

/** @throws AnkaError `request-invalid` for a key that its algorithm cannot verify with */
export const assertUsable = async (key: ClientKey): Promise<void> => {
  const imported = await importJWK(key as JWK, key.alg).catch((cause: unknown) => {
    throw new AnkaError('request-invalid', `keys: the key ${key.kid} is not a public key for ${key.alg}`, { cause });
  });
  if (imported instanceof Uint8Array || imported.type !== 'public')
    throw new AnkaError('request-invalid', `keys: the key ${key.kid} is not a public key`);
  const { asymmetricKeyDetails: details } = KeyObject.from(imported);
  if (details?.modulusLength === undefined) return;
  const { modulusLength, publicExponent = 0n } = details;
  if (!isSoundRsa({ modulusLength, publicExponent }))
    throw new AnkaError(
      'request-invalid',
      `keys: the RSA key ${key.kid} must have at least 2048 bits and an odd exponent of at least 65537`,
    );
};
