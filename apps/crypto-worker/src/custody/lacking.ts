import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import type { Capability } from './custody.js';

/**
 * Tells whether the token lists no mechanism for any of the algorithms. A failure that may pass does not count. Only
 * algorithms that a token lacks may run in software.
 */
export const isLacking = ({ algs, excluded }: Capability): boolean =>
  algs.length === 0 && excluded.length > 0 && excluded.every(({ code }) => code === 'token-lacks-mechanism');

/** The reason why an algorithm that the token supports does not run in software. */
export const tokenDoesIt = (algorithm: AlgorithmName, purpose: Purpose): string =>
  `The token supports ${algorithm} for ${purpose}. Custody software is only for algorithms that the token does not support.`;
