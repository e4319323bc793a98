import { type ApprovalRow, approvalAt, cnsaApproval, endOf, fipsApproval } from '@ankasecure/algorithm';
import { asksForModule, type PolicyDocument } from './document.js';
import { activeVerdict, endOfCertificate } from './module-verdict.js';
import { exists, type PolicyRequest } from './request.js';
import { endOfUse, sunsetOf } from './rule.js';

/** A warning about a use that is allowed and will end. */
export interface Warning {
  readonly code: 'algorithm-sunset' | 'approval-ends' | 'certificate-ends';
  readonly detail: string;
  /** The time from which the use is deprecated. */
  readonly deprecation?: string;
  /** The time at which the use ends. */
  readonly sunset?: string;
}

/** Gives every sunset without `warnFrom` the time at which the document came into force. */
export const warnedOf = (document: PolicyDocument, inForceFrom: Date): PolicyDocument =>
  document.sunsets === undefined
    ? document
    : { ...document, sunsets: document.sunsets.map((row) => ({ warnFrom: inForceFrom.toISOString(), ...row })) };

type Warns = (policy: PolicyDocument, request: PolicyRequest, now: number) => Warning | undefined;

/** Warns about a sunset. Processing without an end has no warning, even if protecting ends. */
const ofSunset: Warns = (policy, request, now) => {
  const sunset = sunsetOf(policy, request);
  if (sunset === undefined || now < Date.parse(sunset.warnFrom ?? '1970-01-01T00:00:00Z')) return undefined;
  const end = endOfUse(sunset, request);
  if (end === undefined ? request.use === 'process' : now >= Date.parse(end)) return undefined;
  const use = request.use === 'process' ? 'process' : 'protect';
  return {
    code: 'algorithm-sunset',
    detail: `${request.algorithm} is deprecated${end === undefined ? '' : `: it may ${use} data until ${end}`}`,
    ...(sunset.warnFrom !== undefined && { deprecation: sunset.warnFrom }),
    ...(end !== undefined && { sunset: end }),
  };
};

/** Warns about a use that a table allows now and that has an end date. */
const ofTable =
  (table: readonly ApprovalRow[], list: string): ((request: PolicyRequest, now: number) => Warning | undefined) =>
  (request, now) => {
    const { algorithm, purpose, use } = request;
    const row = approvalAt(table, algorithm, purpose, now);
    if (row === undefined || row.notAfter === null || (use !== 'process' && !row.protect)) return undefined;
    const after = approvalAt(table, algorithm, purpose, endOf(row));
    if (use === 'process' && after !== undefined) return undefined;
    return {
      code: 'approval-ends',
      detail: `${algorithm} for ${purpose} is ${list} until the end of ${row.notAfter} (${row.source})`,
      sunset: new Date(endOf(row)).toISOString(),
    };
  };

/** How long before its sunset the certificate of an HSM is warned of, in milliseconds: half a year to replace a module. */
export const certificateWarnMs = 182 * 86_400_000;

/** Warns about the certificate of the HSM's module, on which every use depends. */
const ofModule: Warns = (policy, { module }, now) => {
  const end = asksForModule(policy) ? endOfCertificate(module) : undefined;
  if (end === undefined || now < end - certificateWarnMs || activeVerdict(module, now).verdict !== 'yes')
    return undefined;
  return {
    code: 'certificate-ends',
    detail: `CMVP certificate ${module?.certificate?.certificate} of this HSM becomes historical on ${module?.certificate?.sunset}`,
    sunset: new Date(end).toISOString(),
  };
};

const ofFips = ofTable(fipsApproval, 'FIPS-approved');
const ofCnsa = ofTable(cnsaApproval, 'in CNSA 2.0');

const warners: readonly Warns[] = [
  ofSunset,
  ({ fipsOnly }, request, now) => (fipsOnly !== false ? ofFips(request, now) : undefined),
  ofModule,
  ({ cnsa2 }, request, now) => (cnsa2 === true ? ofCnsa(request, now) : undefined),
];

export const warningsOf = (policy: PolicyDocument, request: PolicyRequest, now: number): readonly Warning[] =>
  exists(request) ? warners.flatMap((warns) => warns(policy, request, now) ?? []) : [];
