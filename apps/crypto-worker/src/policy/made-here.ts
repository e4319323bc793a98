import type { Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';

/** Tells whether keys of this purpose are generated here. Keys that also exist outside the HSM never are. */
export const isMadeHere = (purpose: Purpose): boolean => purpose !== 'wrap';

export const importedOnly =
  'A key for wrap is known outside the HSM. Import it with POST /keys/import; it cannot be created or rotated here.';

export const ownerMakesIt =
  'Only the owner of a public key can make the next one. Import it with POST /keys/{id}/rotate and publicKey.';

/** @throws AnkaError `purpose-mismatch` */
export const assertMadeHere = (purpose: Purpose): void => {
  if (!isMadeHere(purpose)) throw new AnkaError('purpose-mismatch', importedOnly);
};
