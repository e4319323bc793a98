import type { FindingCode, KeyRow } from '@ankasecure/contracts';
import { kindOf } from '../custody/pkcs11/kind/kinds.js';
import type { SelfTestFailure } from '../custody/pkcs11/operation/self-test-failure.js';
import { doesNotWrap } from '../custody/pkcs11/operation/self-test-subject.js';
import { mechanismName } from '../custody/pkcs11/survey/mechanism-name.js';
import type { TrialResult } from '../custody/pkcs11/trial/token-trials.js';
import type { LackingRow, Trial } from '../custody/pkcs11/trial/trial.js';
import type { Findings } from './findings.js';

export const nameOf = ({ algorithm, purpose, custody, shape }: Trial): string =>
  [algorithm, purpose, ...(shape.alg === null ? [] : [shape.alg]), ...(custody === 'platform' ? [] : [custody])].join(
    ' ',
  );

const excluding = (trial: Trial): string =>
  `or leave the mechanism out: hsm.pkcs11.excluded-mechanisms: [${mechanismName(kindOf(trial.shape).generation)}]`;

/** What to do about a key that cannot be made, used or destroyed. */
const remedies: Readonly<Record<'generate' | 'use' | 'destroy', (trial: Trial) => string>> = {
  generate: (trial) =>
    `Check that the partition’s policy and the user’s rights allow such keys as objects of the token, that it has room, and that the profile fits; ${excluding(trial)}.`,
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
const algRemedies: Readonly<Record<SelfTestFailure['cause'], (trial: Trial) => string>> = {
  trouble: () => 'Run this again. If it persists, ask the vendor what the code means.',
  refused: (trial) =>
    `The token lists the mechanism and refuses it: check the partition’s policy (FIPS mode, key sizes) and the profile; ${excluding(trial)}.`,
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

/** @param timeoutSeconds that the configuration gives one call */
export const judgeTrial = (trial: Trial, result: TrialResult, timeoutSeconds: number, findings: Findings): KeyRow => {
  const ms = rounded(result.ms);
  const failed = Object.entries(result.algs).flatMap(([alg, failure]) => (failure ? [{ alg, ...failure }] : []));
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
      remedies[failure.step](trial),
    );
  for (const { alg, cause, reason } of failed)
    findings.add(algCodes[cause], `${nameOf(trial)} ${alg}`, reason, algRemedies[cause](trial));
  judgeTimes(trial, result, timeoutSeconds, findings);
  return rowOf(trial, failure === null && failed.length === 0 ? 'works' : 'fails', algs, ms);
};
