import { type AlgorithmName, algorithms, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import type { CustodyKind } from './document.js';

/** Making a key, applying protection with it (encrypt, sign, MAC), or processing what is protected (decrypt, verify). */
export const uses = ['create', 'protect', 'process'] as const;
export type Use = (typeof uses)[number];

/** All that a decision depends on, besides the policy and the clock. */
export interface PolicyRequest {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  readonly use: Use;
  readonly custody: CustodyKind;
  /**
   * Steps this token cannot do inside its boundary and a worker would do for it (development profile only),
   * e.g. `oaep-unpadding`. A FIPS-only tenant takes none.
   */
  readonly outsideSteps: readonly string[];
  /** When the key, and the version in question, were made; milliseconds since the epoch. Not known at creation. */
  readonly keyMadeAt?: number;
  readonly versionMadeAt?: number;
  /** What is planned for a key, in days or parts of them, by whoever makes it or plans its rotation. */
  readonly lifeDays?: number;
  readonly rotationDays?: number;
  /** Names in the metadata of a key that is to be made. */
  readonly labels?: readonly string[];
}

/** Whether there are such keys at all. What comes from outside may be no algorithm, whatever its type says. */
export const exists = ({ algorithm, purpose }: Pick<PolicyRequest, 'algorithm' | 'purpose'>): boolean =>
  Object.hasOwn(algorithms, algorithm) && joseAlgs(algorithm, purpose).length > 0;
