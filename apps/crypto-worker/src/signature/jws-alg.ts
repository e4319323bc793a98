import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';

const isJwsAlg = (alg: string): alg is JwsAlg => Object.hasOwn(signatureSchemes, alg);

/**
 * Returns `wanted` if the key record allows it; without `wanted`, the record's default.
 * @throws AnkaError `algorithm-mismatch`, or `purpose-mismatch` for a key that does not sign
 */
export const jwsAlgOf = ({ algs, purpose }: KeyVersion, wanted?: JwsAlg): JwsAlg => {
  const alg = wanted ?? algs[0];
  if (purpose === 'encrypt' || alg === undefined || !isJwsAlg(alg)) {
    throw new AnkaError('purpose-mismatch', 'The key is not for signatures. Use a key whose purpose is sign or mac.');
  }
  if (!algs.includes(alg)) throw new AnkaError('algorithm-mismatch', `The key supports only alg ${algs.join(', ')}.`);
  return alg;
};
