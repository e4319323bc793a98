import { type ApprovalRow, approvalAt, approvalRows, cnsaApproval, endOf, fipsApproval } from '@ankasecure/algorithm';
import type { PolicyDocument } from './document.js';
import { exists, type PolicyRequest } from './request.js';
import { type Reason, type RuleName, rules, sunsetOf, tenantPolicy, tooOldFrom } from './rule.js';
import { type Warning, warningsOf } from './warning.js';

export interface Decision {
  readonly allow: boolean;
  /** The rule that decides: the first that objects, or the strictest that was passed. */
  readonly rule: RuleName;
  /** What that rule rests on. */
  readonly source: string;
  /** Why not; empty when allowed. */
  readonly reasons: readonly Reason[];
  /** What will not always be allowed. */
  readonly warnings: readonly Warning[];
  /** The decision is the same until then, in milliseconds since the epoch, as long as nobody changes the policy; Infinity: for good. */
  readonly until: number;
}

/** The tables that a policy goes by, the strictest first. */
const tablesOf = ({
  fipsOnly,
  cnsa2,
}: PolicyDocument): readonly { rule: RuleName; table: readonly ApprovalRow[] }[] => [
  ...(cnsa2 === true ? [{ rule: 'cnsa2', table: cnsaApproval } as const] : []),
  ...(fipsOnly ? [{ rule: 'fipsOnly', table: fipsApproval } as const] : []),
];

/** Every moment at which the clock alone may change the decision. */
const turningPoints = (policy: PolicyDocument, request: PolicyRequest): readonly number[] => {
  const { warnFrom, protectUntil, processUntil } = sunsetOf(policy, request) ?? {};
  const dates = [warnFrom, protectUntil, processUntil].flatMap((date) => (date === undefined ? [] : Date.parse(date)));
  const ages = [
    tooOldFrom(request.keyMadeAt, policy.maxKeyLifeDays),
    tooOldFrom(request.versionMadeAt, policy.maxRotationIntervalDays),
  ].filter((moment) => moment !== undefined);
  const { algorithm, purpose } = request;
  const ends = exists(request)
    ? tablesOf(policy).flatMap(({ table }) => approvalRows(table, algorithm, purpose).map(endOf))
    : [];
  return [...dates, ...ages, ...ends];
};

const allowedBy = (policy: PolicyDocument, { algorithm, purpose }: PolicyRequest, now: number) => {
  const [strictest] = tablesOf(policy);
  if (strictest === undefined) return { rule: 'allowedAlgorithms', source: tenantPolicy } as const;
  const { rule, table } = strictest;
  return { rule, source: approvalAt(table, algorithm, purpose, now)?.source ?? tenantPolicy };
};

/**
 * Decides, from a policy, a request and the time and nothing else, whether a key may be made or used: every rule that objects
 * gives its reason.
 * @param now milliseconds since the epoch
 */
export const evaluate = (policy: PolicyDocument, request: PolicyRequest, now: number): Decision => {
  const reasons = rules.flatMap(({ rule, code, objects }): Reason[] => {
    const objection = objects(policy, request, now);
    return objection === undefined
      ? []
      : [{ code, rule, detail: objection.detail, source: objection.source ?? tenantPolicy }];
  });
  const [first] = reasons;
  const { rule, source } = first ?? allowedBy(policy, request, now);
  return {
    allow: first === undefined,
    rule,
    source,
    reasons,
    warnings: warningsOf(policy, request, now),
    until: Math.min(...turningPoints(policy, request).filter((moment) => moment > now)),
  };
};
