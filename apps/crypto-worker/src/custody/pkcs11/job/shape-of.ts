import { type AlgorithmName, algorithmOf, type JweAlg, type Purpose } from '@ankasecure/algorithm';
import type { KeyShape } from './key-shape.js';

/** The shape of a caller's key. Lanes do not load this module: it needs the table of algorithms. */
export const shapeOf = (algorithm: AlgorithmName, purpose: Purpose, alg: JweAlg | null): KeyShape => {
  const { kind, bits, parameterSet } = algorithmOf(algorithm);
  return { kind, bits, purpose, alg: purpose === 'encrypt' ? alg : null, ...(parameterSet && { set: parameterSet }) };
};
