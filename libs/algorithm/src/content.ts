import type { Hash, JweAlg } from './alg.js';
import { hpkeSuiteOf, isHpkeAlg } from './hpke.js';

/** JWE content encryption algorithms (RFC 7518 §5). */
export type ContentAlg = 'A128GCM' | 'A192GCM' | 'A256GCM' | 'A128CBC-HS256' | 'A192CBC-HS384' | 'A256CBC-HS512';

export interface ContentEncryption {
  /** Length of the AES key in bits. It is also the strength: the MAC key is as long. */
  readonly bits: 128 | 192 | 256;
  /** The hash of the HMAC; null for GCM, which authenticates by itself. */
  readonly hash: Hash | null;
  /** Lengths of the content encryption key, the IV and the tag in bytes. */
  readonly cekBytes: number;
  readonly ivBytes: number;
  readonly tagBytes: number;
  /** The FIPS and SP 800 texts that approve it. */
  readonly fips: string;
  /** The source by which CNSA 2.0 allows it, or null. */
  readonly cnsa: string | null;
}

const cnsaOf = (bits: number): string | null => (bits === 256 ? 'CNSA 2.0, table I (AES-256)' : null);

/** RFC 7518 §5.3. */
const gcm = (bits: ContentEncryption['bits']): ContentEncryption => ({
  bits,
  hash: null,
  cekBytes: bits / 8,
  ivBytes: 12,
  tagBytes: 16,
  fips: 'FIPS 197; SP 800-38D (GCM)',
  cnsa: cnsaOf(bits),
});

/** RFC 7518 §5.2: the content encryption key is the MAC key, then the AES key. The tag is the first half of the HMAC. */
const cbcHmac = (bits: ContentEncryption['bits'], hash: Hash): ContentEncryption => ({
  bits,
  hash,
  cekBytes: bits / 4,
  ivBytes: 16,
  tagBytes: bits / 8,
  fips: 'FIPS 197; SP 800-38A (CBC); FIPS 198-1; SP 800-107 r1 §5.3.3 (truncated HMAC)',
  cnsa: cnsaOf(bits),
});

/** Every content encryption that is opened. Policy decides which of them may seal. */
export const contentEncryptions = {
  A128GCM: gcm(128),
  A192GCM: gcm(192),
  A256GCM: gcm(256),
  'A128CBC-HS256': cbcHmac(128, 'sha256'),
  'A192CBC-HS384': cbcHmac(192, 'sha384'),
  'A256CBC-HS512': cbcHmac(256, 'sha512'),
} as const satisfies Record<ContentAlg, ContentEncryption>;

export const contentAlgs = Object.keys(contentEncryptions) as readonly ContentAlg[];

/** The row of `enc`, widened to the common shape. */
export const contentEncryptionOf = (enc: ContentAlg): ContentEncryption => contentEncryptions[enc];

/** What seals unless the request asks for another. */
export const defaultContentAlg = 'A256GCM' satisfies ContentAlg;

/** Whether an algorithm encrypts the content itself: with `dir`, the AES-256 key in the token does; with HPKE, its AEAD. */
export const encryptsContent = (alg: JweAlg): boolean =>
  alg === 'dir' || (isHpkeAlg(alg) && !hpkeSuiteOf(alg).keyEncryption);

/** Whether a JWE can have both. What encrypts the content itself does so with AES-256-GCM. */
export const fitsContent = (alg: JweAlg, enc: ContentAlg): boolean =>
  !encryptsContent(alg) || enc === defaultContentAlg;
