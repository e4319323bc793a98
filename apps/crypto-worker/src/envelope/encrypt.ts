import { randomBytes } from 'node:crypto';
import { type ContentAlg, contentAlgs, contentEncryptionOf, type JweAlg } from '@ankasecure/algorithm';
import type { Custody } from '../custody/custody.js';
import { assertInTime } from '../deadline/assert-in-time.js';
import type { Deadline } from '../deadline/deadline.js';
import { encodeSegment } from '../jose/base64url.js';
import { type KeyVersion, kidOf } from '../key/key-version.js';
import { aadHashOf } from './additional-data.js';
import { type SealedContent, sealContent } from './content.js';
import { sealHpke } from './hpke.js';
import { assertFits, type IntegratedAlg, isIntegrated, jweAlgOf } from './jwe-alg.js';
import { type ProtectedCek, protectCek, publicKeyOf } from './protect-cek.js';

export interface SealedJwe {
  readonly jwe: string;
  readonly alg: JweAlg;
}

/** The members that begin every header of a key version with one `enc`: JSON without its closing brace. */
const headerStarts = new Map(contentAlgs.map((enc) => [enc, new WeakMap<KeyVersion, string>()]));

/** With HPKE for the content, `enc` is left out (draft-ietf-jose-hpke-encrypt §5). */
const headerStart = (key: KeyVersion, alg: JweAlg, enc: ContentAlg): string => {
  const starts = headerStarts.get(enc);
  const known = starts?.get(key);
  if (known !== undefined) return known;
  const start = JSON.stringify({ alg, ...(!isIntegrated(alg) && { enc }), kid: kidOf(key) }).slice(0, -1);
  starts?.set(key, start);
  return start;
};

/** Segment 1. Every character of it is ASCII. The second parameter is what the recipient needs to find the key-encryption key. */
const headerSegment = (
  start: string,
  { epk, ek }: Pick<ProtectedCek, 'epk' | 'ek'>,
  { aad, cty }: Pick<Content, 'aad' | 'cty'>,
): string => {
  const ephemeral = epk === undefined ? '' : `,"epk":${epk}`;
  const encapsulated = ek === undefined ? '' : `,"ek":"${ek}"`;
  const bound = aad === undefined ? '' : `,"aad#S256":"${aadHashOf(aad)}"`;
  const type = cty === undefined ? '' : `,"cty":"${cty}"`;
  return Buffer.from(`${start}${ephemeral}${encapsulated}${bound}${type}}`, 'latin1').toString('base64url');
};

const compact = (header: string, encryptedKey: Uint8Array, { iv, ciphertext, tag }: SealedContent): string =>
  [header, encodeSegment(encryptedKey), encodeSegment(iv), encodeSegment(ciphertext), encodeSegment(tag)].join('.');

const nothing = new Uint8Array(0);

/** RFC 7518 §4.5: the token encrypts the content itself. */
const sealDirectly = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  content: Content,
): Promise<SealedJwe> => {
  const header = headerSegment(headerStart(key, 'dir', 'A256GCM'), {}, content);
  const sealed = await custody.sealGcm(budget, key.ref, Buffer.from(header, 'latin1'), content.plaintext);
  return { jwe: compact(header, nothing, sealed), alg: 'dir' };
};

/** HPKE encrypts the content. Segments 3 and 5 are empty, and the ciphertext ends with the tag (draft-ietf-jose-hpke-encrypt §5). */
const sealIntegrated = async (
  budget: Deadline,
  alg: IntegratedAlg,
  key: KeyVersion,
  content: Content,
): Promise<SealedJwe> => {
  const header = headerSegment(headerStart(key, alg, 'A256GCM'), {}, content);
  const message = { plaintext: content.plaintext, enc: 'A256GCM', aad: Buffer.from(header, 'latin1') };
  const { encapsulated, ciphertext } = await sealHpke(budget, alg, publicKeyOf(key), message);
  return { jwe: compact(header, encapsulated, { iv: nothing, ciphertext, tag: nothing }), alg };
};

/** The data to encrypt. */
export interface Content {
  readonly plaintext: Uint8Array;
  readonly enc: ContentAlg;
  /** Additional data to bind. */
  readonly aad?: Uint8Array | undefined;
  /** The type of the plaintext (RFC 7516 §4.1.12). */
  readonly cty?: 'jwk+json' | undefined;
}

/**
 * Encrypts content to `key` as a compact JWE. The algorithm is the key record's. A hash in the protected header (`aad#S256`)
 * binds `aad`, so the JWE stays compact and states that it needs additional data.
 * @throws AnkaError custody's errors, `deadline-exceeded`, `purpose-mismatch` for a key that does not encrypt, and
 * `algorithm-mismatch` for one that cannot encrypt with `enc`
 */
export const sealJwe = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  content: Content,
): Promise<SealedJwe> => {
  const { plaintext, enc } = content;
  const alg = jweAlgOf(key);
  assertFits(alg, enc);
  assertInTime(budget);
  if (alg === 'dir') return sealDirectly(custody, budget, key, content);
  if (isIntegrated(alg)) return sealIntegrated(budget, alg, key, content);
  const { cekBytes, ivBytes } = contentEncryptionOf(enc);
  const random = randomBytes(cekBytes + ivBytes);
  const cek = random.subarray(0, cekBytes);
  try {
    const { encryptedKey, ...ephemeral } = await protectCek[alg](custody, budget, key, cek, enc);
    assertInTime(budget);
    const header = headerSegment(headerStart(key, alg, enc), ephemeral, content);
    const sealed = sealContent(enc, cek, random.subarray(cekBytes), Buffer.from(header, 'latin1'), plaintext);
    return { jwe: compact(header, encryptedKey, sealed), alg };
  } finally {
    cek.fill(0);
  }
};
