import { type AlgorithmName, fipsStatus, type Purpose } from '@ankasecure/algorithm';
import { listedPurpose, type ModuleCertificate } from './module-certificate.js';

/** The module of an HSM: its certificate, null if none is configured, and the firmware that the token reports. */
export interface HsmModule {
  readonly certificate: ModuleCertificate | null;
  readonly firmware: string;
}

/** `unknown` counts as not fulfilled. */
export interface Verdict {
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** A sentence for people. */
  readonly reason: string;
}

/** What "FIPS-approved" says of keys in one HSM, in three parts: no one of them implies another. */
export interface Verdicts {
  /** Whether NIST approves the algorithm to protect data now. */
  readonly approved: Verdict;
  /** Whether this module's certificate lists it as approved. */
  readonly listed: Verdict;
  /** Whether that certificate is active now, for this firmware. */
  readonly active: Verdict;
}

type Keys = { readonly algorithm: AlgorithmName; readonly purpose: Purpose };

const uncertified: Verdict = { verdict: 'unknown', reason: 'No CMVP certificate is configured for this HSM' };

const nameOf = ({ certificate }: ModuleCertificate): string => `CMVP certificate ${certificate}`;
const dateOf = ({ asOf }: ModuleCertificate): string => (asOf === undefined ? 'as of an unknown day' : `as of ${asOf}`);

/** The source of a verdict on a module. */
export const sourceOf = (module: HsmModule | undefined): string => {
  const certificate = module?.certificate ?? null;
  if (certificate === null) return 'the configuration of this HSM';
  const { source } = certificate;
  return `${nameOf(certificate)}, ${dateOf(certificate)}${source === undefined ? '' : ` (${source})`}`;
};

/** Whether the certificate of `module` lists keys of `algorithm` and `purpose` as approved. */
export const listedVerdict = ({ algorithm, purpose }: Keys, module: HsmModule | undefined): Verdict => {
  const certificate = module?.certificate ?? null;
  if (certificate === null) return uncertified;
  const { approved } = certificate;
  if (approved === undefined)
    return {
      verdict: 'unknown',
      reason: `The configuration does not say which algorithms ${nameOf(certificate)} lists as approved`,
    };
  const isListed = [algorithm, listedPurpose(algorithm, purpose)].some((name) => approved.includes(name));
  return {
    verdict: isListed ? 'yes' : 'no',
    reason: `${nameOf(certificate)} ${isListed ? 'lists' : 'does not list'} ${algorithm} for ${purpose} as approved, ${dateOf(certificate)}`,
  };
};

/** The moment from which the certificate is historical, in milliseconds since the epoch; undefined if it is not known. */
export const endOfCertificate = (module: HsmModule | undefined): number | undefined => {
  const sunset = module?.certificate?.sunset;
  return sunset === undefined ? undefined : Date.parse(`${sunset}T00:00:00Z`);
};

/** Whether the certificate of `module` is active for its firmware. @param now milliseconds since the epoch */
export const activeVerdict = (module: HsmModule | undefined, now: number): Verdict => {
  const certificate = module?.certificate ?? null;
  if (certificate === null || module === undefined) return uncertified;
  const { status, sunset, firmware } = certificate;
  const name = nameOf(certificate);
  const end = endOfCertificate(module);
  if (status.toLowerCase() !== 'active')
    return { verdict: 'no', reason: `${name} is ${status}, ${dateOf(certificate)}` };
  if (end !== undefined && now >= end) return { verdict: 'no', reason: `${name} is historical since ${sunset}` };
  if (firmware !== undefined && !firmware.includes(module.firmware))
    return {
      verdict: 'no',
      reason: `${name} is for firmware ${firmware.join(', ')}, and this HSM has ${module.firmware}`,
    };
  if (end === undefined || firmware === undefined)
    return {
      verdict: 'unknown',
      reason: `The configuration does not say ${end === undefined ? 'when' : 'for which firmware'} ${name} ${end === undefined ? 'becomes historical' : 'is'}`,
    };
  return {
    verdict: 'yes',
    reason: `${name} is active for firmware ${module.firmware} until ${sunset}, ${dateOf(certificate)}`,
  };
};

/** The three verdicts on keys in `module`. @param now milliseconds since the epoch */
export const verdictsOf = (keys: Keys, module: HsmModule | undefined, now: number): Verdicts => {
  const { approved, source } = fipsStatus(keys.algorithm, keys.purpose, now);
  const { algorithm, purpose } = keys;
  return {
    approved: {
      verdict: approved ? 'yes' : 'no',
      reason: `${algorithm} for ${purpose} is ${approved ? '' : 'not '}approved to protect data (${source})`,
    },
    listed: listedVerdict(keys, module),
    active: activeVerdict(module, now),
  };
};
