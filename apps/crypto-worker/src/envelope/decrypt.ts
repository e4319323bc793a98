import { randomBytes } from 'node:crypto';
import { type ContentAlg, contentEncryptionOf, type JweAlg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import type { KeyVersion } from '../key/key-version.js';
import { requireSameAad } from './additional-data.js';
import { openContent } from './content.js';
import { decryptionFailed, isDecryptionFailure } from './decryption-failure.js';
import { openHpke } from './hpke.js';
import { assertFits, type IntegratedAlg, jweAlgOf, type KeyEncryptionAlg } from './jwe-alg.js';
import type { JweParts } from './read-jwe.js';
import { encryptedKeyBytes, recoverCek } from './recover-cek.js';

export { type JweHeader, type JweParts, readJwe } from './read-jwe.js';

export interface OpenedJwe {
  readonly plaintext: Uint8Array;
  readonly alg: JweAlg;
  readonly enc: ContentAlg;
}

/** The length depends on the key, so it fails as everything else that does. It may be checked before the token is asked. */
const assertLength = ({ encryptedKey, header: { enc } }: JweParts, alg: JweAlg, key: KeyVersion): void => {
  if (encryptedKey.length !== encryptedKeyBytes(alg, enc, key)) throw decryptionFailed('segment-length');
};

type Open = (custody: Custody, budget: Deadline, key: KeyVersion, parts: JweParts) => Promise<Uint8Array>;

const openDirectly: Open = async (custody, budget, key, parts) => {
  try {
    return await custody.openGcm(budget, key.ref, parts, Buffer.from(parts.protectedHeader, 'latin1'));
  } catch (error) {
    throw isDecryptionFailure(error) ? decryptionFailed('tag-mismatch') : error;
  }
};

/** Replaces a key that cannot be recovered by a random one, so that the tag decides in every case (RFC 7516 §11.5). */
const openWithCek =
  (alg: KeyEncryptionAlg): Open =>
  async (custody, budget, key, parts) => {
    const { enc } = parts.header;
    const { cekBytes } = contentEncryptionOf(enc);
    const decoy = randomBytes(cekBytes);
    const cek = await recoverCek[alg](custody, budget, key, parts.header, parts.encryptedKey);
    const fits = cek?.length === cekBytes;
    const plaintext = openContent(enc, fits ? cek : decoy, parts, Buffer.from(parts.protectedHeader, 'latin1'));
    cek?.fill(0);
    if (cek === null) throw decryptionFailed('unwrap-failed');
    if (!fits) throw decryptionFailed('cek-length');
    if (plaintext === null) throw decryptionFailed('tag-mismatch');
    return plaintext;
  };

const asUnwrapFailure = (error: unknown): never => {
  throw isDecryptionFailure(error) ? decryptionFailed('unwrap-failed') : error;
};

/** ML-KEM rejects implicitly: under a wrong ciphertext the tag does not match. */
const openIntegrated =
  (alg: IntegratedAlg): Open =>
  async (custody, budget, key, { protectedHeader, header: { enc }, encryptedKey, ciphertext }) => {
    const secret = await custody.decapsulate(budget, key.ref, encryptedKey).catch(asUnwrapFailure);
    const plaintext = openHpke(alg, secret, { ciphertext, enc, aad: Buffer.from(protectedHeader, 'latin1') });
    if (plaintext === null) throw decryptionFailed('tag-mismatch');
    return plaintext;
  };

const open = {
  'RSA-OAEP-256': openWithCek('RSA-OAEP-256'),
  'ECDH-ES+A256KW': openWithCek('ECDH-ES+A256KW'),
  A128KW: openWithCek('A128KW'),
  A256KW: openWithCek('A256KW'),
  'urn:ankasecure:jwe:ML-KEM-512+A256KW': openWithCek('urn:ankasecure:jwe:ML-KEM-512+A256KW'),
  'urn:ankasecure:jwe:ML-KEM-768+A256KW': openWithCek('urn:ankasecure:jwe:ML-KEM-768+A256KW'),
  'urn:ankasecure:jwe:ML-KEM-1024+A256KW': openWithCek('urn:ankasecure:jwe:ML-KEM-1024+A256KW'),
  'HPKE-12-KE': openWithCek('HPKE-12-KE'),
  'HPKE-13-KE': openWithCek('HPKE-13-KE'),
  'HPKE-12': openIntegrated('HPKE-12'),
  'HPKE-13': openIntegrated('HPKE-13'),
  dir: openDirectly,
} as const satisfies Record<JweAlg, Open>;

/**
 * Decrypts a JWE that passed `readJwe`, with the key that the caller found for it.
 * @throws AnkaError `algorithm-mismatch` if the key record does not have the header's algorithms, `jwe-invalid` if the
 * ephemeral key is on another curve, `decryption-failed` (the same for every cause; see `DecryptionFailure`), and custody's
 * errors
 */
export const openJwe = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  parts: JweParts,
  aad: Uint8Array | undefined,
): Promise<OpenedJwe> => {
  const alg = jweAlgOf(key);
  if (parts.header.alg !== alg)
    throw new AnkaError('algorithm-mismatch', `The key decrypts only JWEs with alg ${alg}.`);
  assertFits(alg, parts.header.enc);
  requireSameAad(parts.header, aad);
  assertLength(parts, alg, key);
  const plaintext = await open[alg](custody, budget, key, parts);
  return { plaintext, alg, enc: parts.header.enc };
};
