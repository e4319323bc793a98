import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import type { Custody } from './custody.js';

export interface Warning {
  readonly code: string;
  readonly detail: string;
  readonly deprecation?: string;
  readonly sunset?: string;
}

const outsideDetails: Readonly<Record<string, string>> = {
  'oaep-unpadding':
    'This development token does not support RSA-OAEP with SHA-256. The token performs the private key operation and the worker removes the padding.',
};

/** The steps of this algorithm and purpose that the token leaves to the worker, whether or not its self-test has run. */
export const outsideSteps = (custody: Custody, algorithm: AlgorithmName, purpose: Purpose): readonly string[] =>
  custody.known(algorithm, purpose).outsideSteps;

/** The warnings for these steps, for answers. */
export const stepWarnings = (steps: readonly string[]): Warning[] =>
  steps.map((step) => ({
    code: step,
    detail: outsideDetails[step] ?? 'A step of this algorithm runs in the worker, outside the HSM',
  }));

/** The warnings for the steps of a key's algorithm and purpose. */
export const outsideWarnings = (
  custody: Custody,
  key: { readonly algorithm: AlgorithmName; readonly purpose: Purpose },
): Warning[] => stepWarnings(outsideSteps(custody, key.algorithm, key.purpose));
