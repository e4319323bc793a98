import { KeyObject } from 'node:crypto';
import { AnkaError, instant, text } from '@ankasecure/contracts';
import { importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { tokenAlgorithms } from './identity.config.js';

const about = {
  kid: text(128).describe('The id that assertions name the key by.'),
  alg: z.enum(tokenAlgorithms).describe('The algorithm that the key signs with.'),
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

/** The stored members of a key. */
const stored = <Key extends { key_ops?: unknown }>({ key_ops: _, ...key }: Key) =>
  key as Key extends unknown ? Omit<Key, 'key_ops'> : never;

/** A public JWK (RFC 7518 §6, RFC 8037 §2, RFC 9964). Unknown members are ignored (RFC 7517 §4), and a private member is refused. */
export const clientKey = z.discriminatedUnion('kty', [rsa, ec, okp, akp]).transform(stored);
export type ClientKey = z.infer<typeof clientKey>;

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
  .transform(stored);

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
