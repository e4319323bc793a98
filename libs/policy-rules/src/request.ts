import { type AlgorithmName, algorithms, type ContentAlg, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import type { CustodyKind } from './document.js';
import type { HsmModule } from './module-verdict.js';

/** The uses: make a key, protect data with it (encrypt, encapsulate, sign, MAC), or process protected data (decrypt, decapsulate, verify). */
export const uses = ['create', 'protect', 'process'] as const;
export type Use = (typeof uses)[number];

/** Everything that a decision depends on, besides the policy and the clock. */
export interface PolicyRequest {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  readonly use: Use;
  readonly custody: CustodyKind;
  /** Steps that a worker does outside the token, by their names in `outsideStepTable`. FIPS-only refuses some of them. */
  readonly outsideSteps: readonly string[];
  /** The module of the HSM that the key is or will be in. Absent if nothing is known of it. */
  readonly module?: HsmModule;
  /** The content encryption of a JWE. Absent if no content is encrypted or decrypted. */
  readonly enc?: ContentAlg;
  /** The times at which the key and the version were made, in milliseconds since the epoch. Unknown at creation. */
  readonly keyMadeAt?: number;
  readonly versionMadeAt?: number;
  /** The planned lifetime and rotation interval of a key, in days or fractions of days. */
  readonly lifeDays?: number;
  readonly rotationDays?: number;
  /** The names in the metadata of a new key. */
  readonly labels?: readonly string[];
}

/** Whether such keys exist at all. A value from outside may not be an algorithm, in spite of its type. */
export const exists = ({ algorithm, purpose }: Pick<PolicyRequest, 'algorithm' | 'purpose'>): boolean =>
  Object.hasOwn(algorithms, algorithm) && joseAlgs(algorithm, purpose).length > 0;

/** Making a key counts as protecting. */
export const protects = ({ use }: Pick<PolicyRequest, 'use'>): boolean => use !== 'process';
