import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { planEntry } from '../capability/plan-test.js';
import type { MechanismList } from '../cryptoki/mechanism.js';
import type { SelfTestResult, SelfTestSpec } from '../operation/self-test.js';
import { type Profile, profiles, settleProfile } from '../profile/profile.js';

interface ProfileTrial {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  readonly alg: string;
  readonly wrapped: boolean;
  /** What a pass speaks for. */
  readonly reason: string;
}

/** Quick keys whose self-tests depend on the settings in which profiles differ. */
const trials: readonly ProfileTrial[] = [
  { algorithm: 'AES-256', purpose: 'encrypt', alg: 'dir', wrapped: false, reason: 'its AES-GCM works' },
  { algorithm: 'AES-256', purpose: 'encrypt', alg: 'A256KW', wrapped: false, reason: 'its AES key wrap works' },
  { algorithm: 'EC-P256', purpose: 'sign', alg: 'ES256', wrapped: true, reason: 'keys under its KEKs work' },
  { algorithm: 'Ed25519', purpose: 'sign', alg: 'EdDSA', wrapped: false, reason: 'its Ed25519 works' },
];

export type RunTrial = (spec: SelfTestSpec) => Promise<SelfTestResult>;

/** The self-test of one trial under a profile; undefined if the token's list rules it out. */
const specOf = (trial: ProfileTrial, profile: Profile, listed: MechanismList): SelfTestSpec | undefined => {
  if (trial.wrapped && profile.kekWrap.length === 0) return undefined;
  const { specs } = planEntry(trial.algorithm, trial.purpose, profile, listed);
  const found = specs.find(({ algs }) => algs.some(({ alg }) => alg === trial.alg));
  return (
    found && { ...found, algs: found.algs.filter(({ alg }) => alg === trial.alg), wrapped: trial.wrapped, profile }
  );
};

/** A trial that ends without an answer did not pass: a profile that does not fit may ask for anything. */
const passes = async (
  trial: ProfileTrial,
  profile: Profile,
  listed: MechanismList,
  run: RunTrial,
): Promise<boolean> => {
  const spec = specOf(trial, profile, listed);
  if (spec === undefined) return false;
  try {
    return (await run(spec))[trial.alg] === null;
  } catch (error) {
    if (!(error instanceof AnkaError)) throw error;
    return false;
  }
};

/** Tries the token under every profile, with objects of a session. @returns by the name of a profile: what passes under it */
export const tryProfiles = async (
  listed: MechanismList,
  run: RunTrial,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const passed = new Map<string, readonly string[]>();
  for (const row of profiles) {
    const profile = settleProfile(row, listed);
    const reasons: string[] = [];
    for (const trial of trials) if (await passes(trial, profile, listed, run)) reasons.push(trial.reason);
    passed.set(row.name, reasons);
  }
  return passed;
};
