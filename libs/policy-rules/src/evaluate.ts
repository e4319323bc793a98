import { type AlgorithmName, algorithmOf, type Purpose } from '@ankasecure/algorithm';
import type { PolicyDocument } from './document.js';

export interface PolicyRequest {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  /**
   * Steps this token cannot do inside its boundary and a worker would do for it (development profile only),
   * e.g. `oaep-unpadding`. A FIPS-only tenant takes none.
   */
  readonly outsideSteps: readonly string[];
}

export interface Reason {
  readonly code: 'policy' | 'fips-only';
  readonly detail: string;
}

export interface Decision {
  readonly allow: boolean;
  /** Why not; empty when allowed. */
  readonly reasons: readonly Reason[];
}

type Rule = (policy: PolicyDocument, request: PolicyRequest) => Reason | undefined;

const rules: readonly Rule[] = [
  (policy, { algorithm }) =>
    policy.allowedAlgorithms.includes(algorithm)
      ? undefined
      : { code: 'policy', detail: `${algorithm} is not among the tenant's allowed algorithms` },
  (policy, { algorithm }) => {
    const { approved, source } = algorithmOf(algorithm).fips;
    if (!policy.fipsOnly || approved) return undefined;
    return { code: 'fips-only', detail: `${algorithm} is not FIPS-approved (${source})` };
  },
  (policy, { algorithm, purpose, outsideSteps }) =>
    policy.fipsOnly && outsideSteps.length > 0
      ? {
          code: 'fips-only',
          detail: `${algorithm} for ${purpose} needs ${outsideSteps.join(', ')} outside the HSM here`,
        }
      : undefined,
];

/** Decides, from a policy and nothing else, whether a key may be made or used: every rule that objects gives its reason. */
export const evaluate = (policy: PolicyDocument, request: PolicyRequest): Decision => {
  const reasons = rules.flatMap((rule) => rule(policy, request) ?? []);
  return { allow: reasons.length === 0, reasons };
};
