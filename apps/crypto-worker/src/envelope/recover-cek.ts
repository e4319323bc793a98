import {
  algorithmOf,
  type ContentAlg,
  contentEncryptionOf,
  type HpkeAlg,
  hpkeSuiteOf,
  isHpkeAlg,
  type JweAlg,
  mlKemSizes,
} from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import { crvOfAlgorithm } from '../jose/curve.js';
import type { KeyVersion } from '../key/key-version.js';
import { keyEncryptionKey } from './agreement.js';
import { isDecryptionFailure } from './decryption-failure.js';
import { noAad, openHpke } from './hpke.js';
import { isIntegrated, type KeyEncryptionAlg } from './jwe-alg.js';
import { unwrapKey } from './key-wrap.js';
import type { JweHeader } from './read-jwe.js';

/** @returns the content encryption key, of any length, or null if `encryptedKey` is not one of `key`. The caller wipes it. */
type RecoverCek = (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  header: JweHeader,
  encryptedKey: Uint8Array,
) => Promise<Uint8Array | null>;

/** Turns custody's `decryption-failed` into null. Failures of the token stay errors. */
const orNull = async (unwrapping: Promise<Uint8Array>): Promise<Uint8Array | null> => {
  try {
    return await unwrapping;
  } catch (error) {
    if (isDecryptionFailure(error)) return null;
    throw error;
  }
};

const decryptOaep: RecoverCek = (custody, budget, key, _header, encryptedKey) =>
  orNull(custody.decryptOaep(budget, key.ref, encryptedKey));

const unwrapInToken: RecoverCek = (custody, budget, key, _header, encryptedKey) =>
  orNull(custody.unwrapCek(budget, key.ref, encryptedKey));

const agreeAndUnwrap: RecoverCek = async (custody, budget, key, { agreement }, encryptedKey) => {
  if (agreement === null || agreement.crv !== crvOfAlgorithm[key.algorithm]) {
    throw new AnkaError('jwe-invalid', 'The header member epk is not on the curve of the key.');
  }
  const z = await orNull(custody.agree(budget, key.ref, agreement.point));
  if (z === null) return null;
  const kek = keyEncryptionKey(z, agreement.apu, agreement.apv);
  const cek = unwrapKey(kek, encryptedKey);
  z.fill(0);
  kek.fill(0);
  return cek;
};

const decapsulate: RecoverCek = async (custody, budget, key, { encapsulated }, encryptedKey) => {
  if (encapsulated === null) throw new AnkaError('internal-error');
  return orNull(custody.decapsulateCek(budget, key.ref, encapsulated, encryptedKey));
};

const openByHpke =
  (alg: HpkeAlg): RecoverCek =>
  async (custody, budget, key, { encapsulated, enc }, ciphertext) => {
    if (encapsulated === null) throw new AnkaError('internal-error');
    const secret = await orNull(custody.decapsulate(budget, key.ref, encapsulated));
    return secret === null ? null : openHpke(alg, secret, { ciphertext, enc, aad: noAad });
  };

/** One row per algorithm that has a content encryption key. */
export const recoverCek = {
  'RSA-OAEP-256': decryptOaep,
  'ECDH-ES+A256KW': agreeAndUnwrap,
  A128KW: unwrapInToken,
  A256KW: unwrapInToken,
  'urn:ankasecure:jwe:ML-KEM-512+A256KW': decapsulate,
  'urn:ankasecure:jwe:ML-KEM-768+A256KW': decapsulate,
  'urn:ankasecure:jwe:ML-KEM-1024+A256KW': decapsulate,
  'HPKE-12-KE': openByHpke('HPKE-12-KE'),
  'HPKE-13-KE': openByHpke('HPKE-13-KE'),
} as const satisfies Record<KeyEncryptionAlg, RecoverCek>;

/** The tag of AES-GCM (draft: HPKE), or the integrity block of AES key wrap. */
const overheadOf = (alg: JweAlg): number => (isHpkeAlg(alg) ? 16 : 8);

/**
 * The only valid length of segment 2 for `key`, in bytes: the modulus (RFC 8017 §7.1.2), the ciphertext of ML-KEM, a wrapped key,
 * or zero.
 */
export const encryptedKeyBytes = (alg: JweAlg, enc: ContentAlg, key: KeyVersion): number => {
  if (alg === 'RSA-OAEP-256') return algorithmOf(key.algorithm).bits / 8;
  if (alg === 'dir') return 0;
  if (isIntegrated(alg)) return mlKemSizes[hpkeSuiteOf(alg).set].outputBytes;
  return contentEncryptionOf(enc).cekBytes + overheadOf(alg);
};
