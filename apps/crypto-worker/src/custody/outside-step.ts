import {
  type Alg,
  type AlgorithmName,
  algOfStep,
  dataKeySteps,
  isOutsideStep,
  outsideStepsOfAlg,
  outsideStepTable,
  type Purpose,
} from '@ankasecure/algorithm';
import type { PolicyDocument } from '@ankasecure/policy-rules';
import type { Custody, CustodyKind } from './custody.js';

export interface Warning {
  readonly code: string;
  readonly detail: string;
  readonly deprecation?: string;
  readonly sunset?: string;
}

/** The members of a key that decide which steps its uses leave to the worker. */
export interface SteppedKey {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  /** The key's JOSE algorithms, the default first. */
  readonly algs: readonly Alg[];
  /** Default: the token's. */
  readonly custody?: CustodyKind;
}

/** Steps by algorithm, for the steps of a capability. Every operation asks for them, and rulings compare them by identity. */
const known = new WeakMap<readonly string[], Map<Alg | undefined, readonly string[]>>();

const stepsOf = (ofToken: readonly string[], alg: Alg | undefined): readonly string[] => {
  const ofThis = ofToken.filter((step) => {
    const only = isOutsideStep(step) ? algOfStep[step] : undefined;
    return only === undefined || alg === undefined || only === alg;
  });
  return [...ofThis, ...(alg === undefined ? [] : outsideStepsOfAlg[alg])];
};

/** The steps of one algorithm that are left to the worker, whether or not its self-test has run. */
export const outsideStepsOn = (
  custody: Custody,
  { algorithm, purpose, custody: kind }: Omit<SteppedKey, 'algs'>,
  alg?: Alg,
) => {
  const { outsideSteps: ofToken } = custody.known(algorithm, purpose, kind === 'public' ? kind : undefined);
  const byAlg = known.get(ofToken) ?? new Map<Alg | undefined, readonly string[]>();
  const steps = byAlg.get(alg) ?? stepsOf(ofToken, alg);
  known.set(ofToken, byAlg.set(alg, steps));
  return steps;
};

/** The steps of a key's default algorithm. A key that encrypts has no other, and the others of a key that signs have the same steps. */
export const outsideSteps = (custody: Custody, key: SteppedKey): readonly string[] =>
  outsideStepsOn(custody, key, key.algs[0]);

/** Steps with those of an answer that releases a data key. */
const releasing = new WeakMap<readonly string[], readonly string[]>();

/** The steps of a use whose answer has a data key in plaintext. */
export const withDataKey = (steps: readonly string[]): readonly string[] => {
  const known = releasing.get(steps) ?? [...steps, ...dataKeySteps];
  releasing.set(steps, known);
  return known;
};

export const detailOf = (step: string): string =>
  isOutsideStep(step) ? outsideStepTable[step].detail : 'A step of this algorithm runs in the worker, outside the HSM';

/**
 * Steps that answers always name: those that this token lacks, the use of a key without an object in it, and secrets that leave
 * the HSM. Steps that belong
 * to an algorithm are named for FIPS-only.
 */
const alwaysNamed: readonly string[] = [
  'oaep-unpadding',
  'import-check',
  'public-key-record',
  'hpke-key-schedule',
  'shared-secret-release',
  'data-key-release',
];

/** The warnings for these steps, for answers. @param fipsOnly of the tenant's policy: whatever it asks for, all steps are named */
export const stepWarnings = (steps: readonly string[], fipsOnly: PolicyDocument['fipsOnly']): Warning[] =>
  steps
    .filter((step) => fipsOnly !== false || alwaysNamed.includes(step))
    .map((step) => ({ code: step, detail: detailOf(step) }));

/** The warnings for the steps that a key needs because its token lacks them. */
export const outsideWarnings = (custody: Custody, key: SteppedKey): Warning[] =>
  stepWarnings(outsideSteps(custody, key), false);
