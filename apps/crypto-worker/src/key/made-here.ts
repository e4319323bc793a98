import type { Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';

/** @throws AnkaError `purpose-mismatch` for keys that somebody outside has too, which so are never made here */
export const assertMadeHere = (purpose: Purpose): void => {
  if (purpose === 'wrap')
    throw new AnkaError(
      'purpose-mismatch',
      'A key for wrap is known to whoever wraps with it: it is brought in with POST /keys/import, and no other version follows it',
    );
};
