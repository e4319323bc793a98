import {
  type ContentAlg,
  encryptsContent,
  fitsContent,
  type HpkeAlg,
  isHpkeAlg,
  type JweAlg,
} from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';

/** HPKE for the content. Its own AEAD needs no name, so the header has no `enc` (draft-ietf-jose-hpke-encrypt §5). */
export type IntegratedAlg = Extract<HpkeAlg, 'HPKE-12' | 'HPKE-13'>;

/** The algorithms with a content encryption key. The others encrypt the content themselves. */
export type KeyEncryptionAlg = Exclude<JweAlg, 'dir' | IntegratedAlg>;

export const isIntegrated = (alg: JweAlg): alg is IntegratedAlg => isHpkeAlg(alg) && encryptsContent(alg);

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
