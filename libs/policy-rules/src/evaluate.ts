import { type ApprovalRow, approvalAt, approvalRows, cnsaApproval, endOf, fipsApproval } from '@ankasecure/algorithm';
import { asksForModule, type PolicyDocument } from './document.js';
import { endOfCertificate } from './module-verdict.js';
import { exists, type PolicyRequest } from './request.js';
import { type Reason, type RuleName, rules, sunsetOf, tenantPolicy, tooOldFrom } from './rule.js';
import { certificateWarnMs, type Warning, warningsOf } from './warning.js';

export interface Decision {
  readonly allow: boolean;
  /** The deciding rule: the first that refuses the use, or the strictest that allows it. */
  readonly rule: RuleName;
  /** The source of that rule. */
  readonly source: string;
  /** The reasons for a refusal. Empty if the use is allowed. */
  readonly reasons: readonly Reason[];
  /** Warnings about a use that will end. */
  readonly warnings: readonly Warning[];
  /** The time from which the decision holds, in milliseconds since the epoch. -Infinity means that it always did. */
  readonly since: number;
  /** The time until which the decision holds if the policy does not change, in milliseconds since the epoch. Infinity means without end. */
  readonly until: number;
}

/** The tables that a policy uses, the strictest first. */
const tablesOf = ({
  fipsOnly,
  cnsa2,
}: PolicyDocument): readonly { rule: RuleName; table: readonly ApprovalRow[] }[] => [
  ...(cnsa2 === true ? [{ rule: 'cnsa2', table: cnsaApproval } as const] : []),
  ...(fipsOnly !== false ? [{ rule: 'fipsOnly', table: fipsApproval } as const] : []),
];

/** Every time at which the decision may change by itself. */
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
  const historical = asksForModule(policy) ? endOfCertificate(request.module) : undefined;
  const ofModule = historical === undefined ? [] : [historical - certificateWarnMs, historical];
  return [...dates, ...ages, ...ends, ...ofModule];
};

const allowedBy = (policy: PolicyDocument, { algorithm, purpose }: PolicyRequest, now: number) => {
  const [strictest] = tablesOf(policy);
  if (strictest === undefined) return { rule: 'allowedAlgorithms', source: tenantPolicy } as const;
  const { rule, table } = strictest;
  return { rule, source: approvalAt(table, algorithm, purpose, now)?.source ?? tenantPolicy };
};

/**
 * Decides from a policy, a request and the time alone whether a key may be made or used. Every rule that refuses
 * the request gives a reason.
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
  const moments = turningPoints(policy, request);
  return {
    allow: first === undefined,
    rule,
    source,
    reasons,
    warnings: warningsOf(policy, request, now),
    since: Math.max(...moments.filter((moment) => moment <= now)),
    until: Math.min(...moments.filter((moment) => moment > now)),
  };
};
