import { isMlKemSet, type KemAlg, mlKemSizes } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import { assertInTime } from '../deadline/assert-in-time.js';
import type { Deadline } from '../deadline/deadline.js';
import { encodeSegment } from '../jose/base64url.js';
import type { KeyVersion } from '../key/key-version.js';
import { encapsulateTo } from '../turn/encapsulate-to.js';

/**
 * The one algorithm of an `encapsulate` key, by its record.
 * @throws AnkaError `purpose-mismatch` for a key of any other purpose, such as one whose secrets stay in the HSM
 */
export const kemAlgOf = ({ purpose, algs: [alg] }: Pick<KeyVersion, 'purpose' | 'algs'>): KemAlg => {
  if (purpose === 'encapsulate' && alg !== undefined && isMlKemSet(alg)) return alg;
  throw new AnkaError('purpose-mismatch', 'The key is not for raw key encapsulation. Its purpose must be encapsulate.');
};

/** base64url. The caller must not write it anywhere but into the answer. */
export interface Encapsulated {
  readonly ciphertext: string;
  readonly sharedSecret: string;
}

/**
 * Encapsulates a new secret to the public key (FIPS 203 §7.2). No HSM is asked.
 * @throws AnkaError `purpose-mismatch`, `deadline-exceeded`; `service-unavailable` if too many wait
 */
export const encapsulateRaw = async (budget: Deadline, key: KeyVersion): Promise<Encapsulated> => {
  kemAlgOf(key);
  if (key.publicKey === null) throw new AnkaError('internal-error');
  assertInTime(budget);
  const { sharedKey, ciphertext } = await encapsulateTo(budget, key.publicKey);
  try {
    return { ciphertext: encodeSegment(ciphertext), sharedSecret: encodeSegment(sharedKey) };
  } finally {
    sharedKey.fill(0);
  }
};

/**
 * Decapsulates in the HSM, which rejects implicitly: a changed ciphertext gives another secret (FIPS 203 §7.3).
 * @param encoded canonical base64url
 * @returns the shared secret in base64url
 * @throws AnkaError `request-invalid` for a ciphertext of another length, before the HSM is asked; `purpose-mismatch`, and
 * custody's errors
 */
export const decapsulateRaw = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  encoded: string,
): Promise<string> => {
  const alg = kemAlgOf(key);
  const { outputBytes } = mlKemSizes[alg];
  const ciphertext = Buffer.from(encoded, 'base64url');
  if (ciphertext.length !== outputBytes)
    throw new AnkaError(
      'request-invalid',
      `ciphertext has ${ciphertext.length} bytes. One of ${alg} has ${outputBytes}.`,
    );
  const secret = await custody.decapsulate(budget, key.ref, ciphertext);
  try {
    return encodeSegment(secret);
  } finally {
    secret.fill(0);
  }
};
