import type { Alg } from '@ankasecure/algorithm';
import type { FindingCode, KeyRow } from '@ankasecure/contracts';
import { ckm, mechanismNames } from '../custody/pkcs11/cryptoki/mechanism.js';
import { allKinds, kindOf } from '../custody/pkcs11/kind/kinds.js';
import type { SelfTestFailure } from '../custody/pkcs11/operation/self-test-failure.js';
import { doesNotWrap } from '../custody/pkcs11/operation/self-test-subject.js';
import type { Profile } from '../custody/pkcs11/profile/profile.js';
import type { TrialResult } from '../custody/pkcs11/trial/token-trials.js';
import type { LackingRow, Trial } from '../custody/pkcs11/trial/trial.js';
import type { Findings } from './findings.js';

export const nameOf = ({ algorithm, purpose, custody, shape }: Trial): string =>
  [algorithm, purpose, ...(shape.alg === null ? [] : [shape.alg]), ...(custody === 'platform' ? [] : [custody])].join(
    ' ',
  );

/** The calls that a mechanism of the key's own use is begun with. The calls around them fail for other reasons. */
const callsOfUse = /^C_(Sign|Verify|Encrypt|Decrypt|Derive|Wrap|Unwrap|Encapsulate|Decapsulate)/;
const callsOfKek = /^C_(Wrap|Unwrap)/;

/**
 * The mechanism that a failed step began, by the call that its reason names; undefined if the reason names none that begins one.
 * @param alg that was tried; undefined if the key could not be made
 */
const failedMechanism = (trial: Trial, profile: Profile, reason: string, alg?: Alg): number | undefined => {
  const { generation, uses } = kindOf(trial.shape);
  if (/^C_Generate/.test(reason) || alg === undefined) return generation;
  const own = uses[alg]?.need(profile).mechanism;
  if (trial.custody === 'wrapped' && callsOfKek.test(reason)) return profile.kekWrap[0];
  return callsOfUse.test(reason) ? own : undefined;
};

/** What else needs a mechanism: other algorithms, and what the platform does with it. */
const needing = (mechanism: number, profile: Profile, alg?: Alg): readonly string[] => [
  ...allKinds
    .flatMap(({ uses }) => Object.entries(uses))
    .filter(([name, { need }]) => name !== alg && need(profile).mechanism === mechanism)
    .map(([name]) => name),
  ...allKinds.flatMap(({ generation, uses }) => (generation === mechanism ? Object.keys(uses) : [])),
  ...(profile.kekWrap[0] === mechanism ? ['custody wrapped'] : []),
  ...(mechanism === ckm.RSA_PKCS_OAEP ? ['imports'] : []),
];

/** How to leave out what failed, and what that ends besides. */
const excluding = (trial: Trial, profile: Profile, reason: string, alg?: Alg): string => {
  const mechanism = failedMechanism(trial, profile, reason, alg);
  const name = mechanism === undefined ? undefined : mechanismNames.find((one) => ckm[one] === mechanism);
  if (mechanism === undefined || name === undefined) return '';
  const ended = [...new Set(needing(mechanism, profile, alg))].filter((one) => one !== alg);
  const price = ended.length === 0 ? '' : ` (this also ends: ${ended.join(', ')})`;
  return `; or leave the mechanism out: hsm.pkcs11.excluded-mechanisms: [${name}]${price}`;
};

/** What to do about a key that cannot be made, used or destroyed. */
const remedies: Readonly<
  Record<'generate' | 'use' | 'destroy', (trial: Trial, profile: Profile, reason: string) => string>
> = {
  generate: (trial, profile, reason) =>
    `Check that the partition’s policy and the user’s rights allow such keys as objects of the token, that it has room, and that the profile fits${excluding(trial, profile, reason)}.`,
  use: () => 'The token does not find its own new object, or changed it: see what the profile differs in.',
  destroy: () => 'Give the user the right to destroy objects, then run this again: it removes what is left.',
};

const codes = {
  generate: 'key-not-generated',
  use: 'key-not-usable',
  destroy: 'key-not-destroyed',
} as const satisfies Readonly<Record<keyof typeof remedies, FindingCode>>;

const algCodes = {
  trouble: 'algorithm-in-trouble',
  refused: 'algorithm-refused',
  wrong: 'algorithm-wrong',
} as const satisfies Readonly<Record<SelfTestFailure['cause'], FindingCode>>;

/** What to do about a key that works wrongly, by the cause. */
const algRemedies: Readonly<
  Record<SelfTestFailure['cause'], (trial: Trial, profile: Profile, reason: string, alg: Alg) => string>
> = {
  trouble: () => 'Run this again. If it persists, ask the vendor what the code means.',
  refused: (trial, profile, reason, alg) =>
    `The token lists the mechanism and refuses it: check the partition’s policy (FIPS mode, key sizes) and the profile${excluding(trial, profile, reason, alg)}.`,
  wrong: () => 'The result is not what the standard says: see what the profile differs in, or ask the vendor.',
};

const rowOf = (trial: Trial, outcome: KeyRow['outcome'], algs: KeyRow['algs'], ms: KeyRow['ms']): KeyRow => ({
  algorithm: trial.algorithm,
  purpose: trial.purpose,
  custody: trial.custody,
  outcome,
  algs,
  ms,
});

export const skippedRow = (trial: Trial): KeyRow => rowOf(trial, 'skipped', [], {});

/** The algorithms of one purpose that the token lacks. They are no fault of it. */
export const lackingRow = ({ algorithm, purpose, lacking }: LackingRow): KeyRow => ({
  algorithm,
  purpose,
  custody: 'token',
  outcome: 'lacking',
  algs: lacking.map(({ alg, detail }) => ({ alg, works: false, detail })),
  ms: {},
});

const rounded = (ms: TrialResult['ms']): KeyRow['ms'] =>
  Object.fromEntries(Object.entries(ms).map(([step, time]) => [step, Math.round(time * 100) / 100]));

const judgeTimes = (trial: Trial, { ms }: TrialResult, timeoutSeconds: number, findings: Findings): void => {
  const longest = Math.max(0, ...Object.values(ms)) / 1000;
  if (longest > timeoutSeconds)
    findings.add(
      'step-slow',
      nameOf(trial),
      `One step took ${longest.toFixed(1)} s, longer than hsm.pkcs11.session-timeout-seconds (${timeoutSeconds}).`,
      `Set session-timeout-seconds above ${Math.ceil(longest)}.`,
    );
};

/** What a trial is judged by. */
export interface Measure {
  /** The time that the configuration gives one call. */
  readonly timeoutSeconds: number;
  /** The profile that the token was tried under. */
  readonly profile: Profile;
}

export const judgeTrial = (
  trial: Trial,
  result: TrialResult,
  { timeoutSeconds, profile }: Measure,
  findings: Findings,
): KeyRow => {
  const ms = rounded(result.ms);
  const failed = (Object.entries(result.algs) as [Alg, SelfTestFailure | null][]).flatMap(([alg, failure]) =>
    failure ? [{ alg, ...failure }] : [],
  );
  const algs = trial.algs.map(({ alg }) => {
    const reason = failed.find((row) => row.alg === alg)?.reason ?? result.failure?.reason;
    return { alg, works: reason === undefined, detail: reason ?? '' };
  });
  const { failure } = result;
  if (failure === null && failed.length > 0 && failed.every(({ reason }) => reason === doesNotWrap))
    return rowOf(trial, 'not-wrapped', algs, ms);
  if (failure !== null)
    findings.add(
      codes[failure.step],
      nameOf(trial),
      `${failure.step} failed: ${failure.reason}`,
      remedies[failure.step](trial, profile, failure.reason),
    );
  for (const { alg, cause, reason } of failed)
    findings.add(algCodes[cause], `${nameOf(trial)} ${alg}`, reason, algRemedies[cause](trial, profile, reason, alg));
  judgeTimes(trial, result, timeoutSeconds, findings);
  return rowOf(trial, failure === null && failed.length === 0 ? 'works' : 'fails', algs, ms);
};
