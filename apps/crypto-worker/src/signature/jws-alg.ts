import { type JwsAlg, namesOfAlg, type Purpose, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';

const isJwsAlg = (alg: string): alg is JwsAlg => Object.hasOwn(signatureSchemes, alg);

const signing: readonly Purpose[] = ['sign', 'mac'];

/** @throws AnkaError `purpose-mismatch` */
const algsOf = ({ algs, purpose }: KeyVersion): readonly [JwsAlg, ...JwsAlg[]] => {
  const [first, ...others] = algs.filter(isJwsAlg);
  if (!signing.includes(purpose) || first === undefined)
    throw new AnkaError('purpose-mismatch', 'The key is not for signatures. Use a key whose purpose is sign or mac.');
  return [first, ...others];
};

const oneOf = (algs: readonly JwsAlg[], wanted: JwsAlg): JwsAlg => {
  if (algs.includes(wanted)) return wanted;
  throw new AnkaError('algorithm-mismatch', `The key supports only alg ${algs.join(', ')}.`);
};

/**
 * The algorithm to sign with: `wanted` if the key record allows it; without `wanted`, the record's default.
 * @throws AnkaError `algorithm-mismatch`, or `purpose-mismatch` for a key that does not sign
 */
export const jwsAlgOf = (key: KeyVersion, wanted?: JwsAlg): JwsAlg => {
  const algs = algsOf(key);
  return oneOf(algs, wanted ?? algs[0]);
};

/**
 * The algorithm to verify with. Another name of the key's algorithm is accepted too, because others may sign with it.
 * @throws AnkaError as `jwsAlgOf`
 */
export const verifyAlgOf = (key: KeyVersion, wanted?: JwsAlg): JwsAlg => {
  const algs = algsOf(key);
  return oneOf([...new Set(algs.flatMap(namesOfAlg))], wanted ?? algs[0]);
};
