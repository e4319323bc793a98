import { type ContentAlg, encryptsContent, fitsContent, isHpkeAlg, type JweAlg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';

/** The algorithms with a content encryption key. The others encrypt the content themselves. */
export type KeyEncryptionAlg = Exclude<JweAlg, 'dir' | 'HPKE-12' | 'HPKE-13'>;

/** Whether the header names what encrypts the content. HPKE's own AEAD needs no name (draft-ietf-jose-hpke-encrypt §5). */
export const hasEnc = (alg: JweAlg): boolean => !(isHpkeAlg(alg) && encryptsContent(alg));

/** The one JOSE algorithm that an `encrypt` key serves, by its record. */
export const jweAlgOf = ({ purpose, ref }: KeyVersion): JweAlg => {
  if (purpose === 'encrypt' && ref.alg !== null) return ref.alg;
  throw new AnkaError('purpose-mismatch', 'The key is not for encryption. Use a key whose purpose is encrypt.');
};

/** @throws AnkaError `algorithm-mismatch` */
export const assertFits = (alg: JweAlg, enc: ContentAlg): void => {
  if (fitsContent(alg, enc)) return;
  throw new AnkaError('algorithm-mismatch', `A key with alg ${alg} encrypts the content itself, with A256GCM only.`);
};
