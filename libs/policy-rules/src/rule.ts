import {
  type ApprovalRow,
  algorithmOf,
  approvalAt,
  cnsaApproval,
  cnsaRefusalOf,
  dataKeySteps,
  fipsApproval,
  refusalOfStep,
} from '@ankasecure/algorithm';
import { contentRules } from './content.js';
import { asksForModule, type CustodyKind, type PolicyDocument, type Sunset } from './document.js';
import { activeVerdict, listedVerdict, sourceOf, type Verdict } from './module-verdict.js';
import { exists, type PolicyRequest, protects } from './request.js';
import { weakness } from './weakness.js';

/** The field of the policy that a rule reads. */
export type RuleName = keyof PolicyDocument;

/** A reason for a refusal. */
export interface Reason {
  /** `module-not-listed`, `module-not-active`: the certificate of the HSM's module, or what is not known of it, under `fipsOnly: module`. */
  readonly code: 'policy' | 'fips-only' | 'module-not-listed' | 'module-not-active' | 'cnsa2';
  readonly rule: RuleName;
  /** A sentence for people that says what was refused. */
  readonly detail: string;
  /** The source of the rule: a document with its section, or the tenant's own policy. */
  readonly source: string;
}

/** The objection of a rule: a sentence, with a source if it is not the tenant's own policy. undefined means none. */
type Objection = { readonly detail: string; readonly source?: string | undefined } | undefined;

export interface Rule {
  readonly rule: RuleName;
  readonly code: Reason['code'];
  readonly objects: (policy: PolicyDocument, request: PolicyRequest, now: number) => Objection;
}

/** The source of a rule that the tenant itself sets. */
export const tenantPolicy = 'the tenant’s policy';

const day = 86_400_000;
/** The custody that a policy without `custody` allows. */
export const defaultCustody: readonly CustodyKind[] = ['token', 'wrapped'];

export const sunsetOf = ({ sunsets }: PolicyDocument, { algorithm }: PolicyRequest): Sunset | undefined =>
  sunsets?.find((row) => row.algorithm === algorithm);

/** The time at which a sunset ends the request's use, or undefined. */
export const endOfUse = ({ protectUntil, processUntil }: Sunset, request: PolicyRequest): string | undefined =>
  protects(request) ? (protectUntil ?? processUntil) : processUntil;

/** The time at which the key or version becomes too old to protect data, in milliseconds since the epoch, or undefined. */
export const tooOldFrom = (madeAt: number | undefined, days: number | undefined): number | undefined =>
  madeAt === undefined || days === undefined ? undefined : madeAt + days * day;

const reached = (moment: number | undefined, now: number): boolean => moment !== undefined && now >= moment;

/** The objection of a table of approvals. `list` is the table's name in the sentence. */
const unlessApproved = (
  table: readonly ApprovalRow[],
  list: string,
  request: PolicyRequest,
  now: number,
): Objection => {
  const { algorithm, purpose } = request;
  const row = approvalAt(table, algorithm, purpose, now);
  if (row === undefined) return { detail: `${algorithm} for ${purpose} is not ${list}` };
  if (protects(request) ? row.protect : row.process) return undefined;
  return {
    detail: `${algorithm} for ${purpose} is ${list} only to process data that is already protected`,
    source: row.source,
  };
};

/** The objection of a policy that asks for the module. What is not known counts as not fulfilled. */
const unlessCertified = (policy: PolicyDocument, request: PolicyRequest, verdictOf: () => Verdict): Objection => {
  if (!asksForModule(policy) || !exists(request)) return undefined;
  const { verdict, reason } = verdictOf();
  return verdict === 'yes' ? undefined : { detail: reason, source: sourceOf(request.module) };
};

/** The names that the policy requires in a key's metadata and that `labels` does not contain. */
export const missingLabels = (
  { requiredLabels = [] }: Pick<PolicyDocument, 'requiredLabels'>,
  labels: readonly string[],
): readonly string[] => requiredLabels.filter((name) => !labels.includes(name));

/** Every rule, in the order of reasons. A rule only restricts. */
export const rules: readonly Rule[] = [
  {
    rule: 'allowedAlgorithms',
    code: 'policy',
    objects: ({ allowedAlgorithms }, { algorithm }) =>
      allowedAlgorithms.includes(algorithm)
        ? undefined
        : { detail: `${algorithm} is not allowed by the tenant’s policy` },
  },
  {
    rule: 'purposes',
    code: 'policy',
    objects: ({ purposes }, request) => {
      const { algorithm, purpose } = request;
      if (!exists(request)) return { detail: `Keys of ${algorithm} cannot have the purpose ${purpose}` };
      const allowed = purposes?.[algorithm];
      return allowed === undefined || allowed.includes(purpose)
        ? undefined
        : { detail: `The tenant’s policy does not allow the purpose ${purpose} for ${algorithm}` };
    },
  },
  {
    rule: 'minimumStrength',
    code: 'policy',
    objects: ({ minimumStrength = 0 }, request) => {
      if (!protects(request) || !exists(request)) return undefined;
      return weakness(request.algorithm, algorithmOf(request.algorithm).strength, minimumStrength);
    },
  },
  {
    rule: 'custody',
    code: 'policy',
    objects: ({ custody: allowed = defaultCustody }, { custody }) =>
      allowed.includes(custody)
        ? undefined
        : { detail: `The tenant’s policy does not allow keys in custody ${custody}` },
  },
  ...contentRules.filter(({ code }) => code === 'policy'),
  {
    rule: 'rawKem',
    code: 'policy',
    objects: ({ rawKem = false }, { purpose }) =>
      rawKem || purpose !== 'encapsulate'
        ? undefined
        : {
            detail:
              'The tenant’s policy does not allow raw key encapsulation, whose shared secrets leave the HSM. It must set rawKem',
          },
  },
  {
    rule: 'plaintextDataKeys',
    code: 'policy',
    objects: ({ plaintextDataKeys = false }, { outsideSteps }) =>
      plaintextDataKeys || !dataKeySteps.some((step) => outsideSteps.includes(step))
        ? undefined
        : {
            detail:
              'The tenant’s policy does not allow data keys in plaintext. It must set plaintextDataKeys, or the request must do without plaintext',
          },
  },
  {
    rule: 'maxKeyLifeDays',
    code: 'policy',
    objects: ({ maxKeyLifeDays }, request, now) => {
      if (maxKeyLifeDays === undefined || !protects(request)) return undefined;
      if ((request.lifeDays ?? 0) > maxKeyLifeDays)
        return {
          detail: `The tenant’s policy allows a key lifetime of ${maxKeyLifeDays} days; the request asks for ${Math.ceil(request.lifeDays ?? 0)}`,
        };
      return reached(tooOldFrom(request.keyMadeAt, maxKeyLifeDays), now)
        ? { detail: `The key is older than ${maxKeyLifeDays} days: create a new one` }
        : undefined;
    },
  },
  {
    rule: 'maxRotationIntervalDays',
    code: 'policy',
    objects: ({ maxRotationIntervalDays }, request, now) => {
      if (maxRotationIntervalDays === undefined || !protects(request)) return undefined;
      if ((request.rotationDays ?? 0) > maxRotationIntervalDays)
        return { detail: `The tenant’s policy requires a rotation at least every ${maxRotationIntervalDays} days` };
      return reached(tooOldFrom(request.versionMadeAt, maxRotationIntervalDays), now)
        ? { detail: `This version is older than ${maxRotationIntervalDays} days: rotate the key` }
        : undefined;
    },
  },
  {
    rule: 'requiredLabels',
    code: 'policy',
    objects: (policy, { use, labels = [] }) => {
      const missing = use === 'create' ? missingLabels(policy, labels) : [];
      return missing.length === 0
        ? undefined
        : { detail: `The tenant’s policy requires these names in the key’s metadata: ${missing.join(', ')}` };
    },
  },
  {
    rule: 'sunsets',
    code: 'policy',
    objects: (policy, request, now) => {
      const sunset = sunsetOf(policy, request);
      const end = sunset && endOfUse(sunset, request);
      if (sunset === undefined || end === undefined || now < Date.parse(end)) return undefined;
      const use = protects(request) ? 'protect' : 'process';
      return {
        detail: `The tenant’s policy does not allow ${request.algorithm} to ${use} data since ${end}`,
        source: sunset.source,
      };
    },
  },
  {
    rule: 'fipsOnly',
    code: 'fips-only',
    objects: ({ fipsOnly }, request, now) =>
      fipsOnly !== false && exists(request) ? unlessApproved(fipsApproval, 'FIPS-approved', request, now) : undefined,
  },
  {
    rule: 'fipsOnly',
    code: 'fips-only',
    objects: ({ fipsOnly }, { algorithm, purpose, outsideSteps }) => {
      const refused = fipsOnly !== false ? outsideSteps.filter((step) => refusalOfStep(step) !== null) : [];
      const [first] = refused;
      if (first === undefined) return undefined;
      const sources = [...new Set(refused.map(refusalOfStep))].join('; ');
      return {
        detail: `${algorithm} for ${purpose} needs a step outside this HSM: ${refused.join(', ')}`,
        source: sources,
      };
    },
  },
  {
    rule: 'fipsOnly',
    code: 'fips-only',
    objects: ({ fipsOnly }, { custody }) =>
      fipsOnly !== false && custody === 'software'
        ? { detail: 'A key in software is outside the validated module', source: 'FIPS 140-3 §7.9' }
        : undefined,
  },
  {
    rule: 'fipsOnly',
    code: 'module-not-listed',
    objects: (policy, request) => unlessCertified(policy, request, () => listedVerdict(request, request.module)),
  },
  {
    rule: 'fipsOnly',
    code: 'module-not-active',
    objects: (policy, request, now) => unlessCertified(policy, request, () => activeVerdict(request.module, now)),
  },
  {
    rule: 'cnsa2',
    code: 'cnsa2',
    objects: ({ cnsa2 }, { outsideSteps }) => (cnsa2 === true ? cnsaRefusalOf(outsideSteps) : undefined),
  },
  {
    rule: 'cnsa2',
    code: 'cnsa2',
    objects: ({ cnsa2 }, request, now) =>
      cnsa2 === true && exists(request) ? unlessApproved(cnsaApproval, 'in CNSA 2.0', request, now) : undefined,
  },
  ...contentRules.filter(({ code }) => code !== 'policy'),
];
