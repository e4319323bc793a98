import { setTimeout as delay } from 'node:timers/promises';
import { detailOf } from '../custody/outside-step.js';
import { lackingAnyKey } from '../custody/pkcs11/capability/lack.js';
import type { TokenTrials, TrialObject, TrialResult } from '../custody/pkcs11/trial/token-trials.js';
import { isObject, type Trial } from '../custody/pkcs11/trial/trial.js';
import type { Draft } from './draft.js';
import type { Examination, Run } from './examination.js';
import { judgeTrial, lackingRow, nameOf, skippedRow } from './judge-trial.js';
import { type InTurn, NoTurn } from './turns.js';

/** The time after which an object of a trial key is surely left over: another run may be at work on the token. */
const leftoverAfterMs = 5_000;

const sameObject = (a: TrialObject) => (b: TrialObject) => Buffer.from(a.id).equals(b.id);

/** Destroys trial keys. What cannot be destroyed is named. */
const clear = async (
  trials: TokenTrials,
  objects: readonly TrialObject[],
  draft: Draft,
  inTurn: InTurn,
): Promise<void> => {
  for (const object of objects) {
    try {
      await inTurn(() => trials.destroy(object));
      draft.removed.push(object.label);
    } catch (error) {
      const id = Buffer.from(object.id).toString('hex');
      draft.left.push(object.label);
      draft.findings.add(
        'object-not-removed',
        'token',
        `The object “${object.label}” (CKA_ID ${id}) could not be removed: ${(error as Error).message}`,
        'Give the user the right to destroy objects and run this again, or remove it with the vendor’s tool.',
      );
    }
  }
};

/** Removes what an earlier run left. An object that goes away by itself is of a run that is at work now. */
const clearLeftovers = async (trials: TokenTrials, draft: Draft, { progress, inTurn }: Run): Promise<void> => {
  const before = await trials.objects();
  if (before.length === 0) return;
  progress('objects of another run: wait whether it is still at work');
  await delay(leftoverAfterMs);
  const after = await trials.objects();
  const left = before.filter((object) => after.some(sameObject(object)));
  await clear(trials, left, draft, inTurn);
  if (draft.removed.length > 0)
    draft.findings.add(
      'leftovers-removed',
      'token',
      `An earlier run had left ${draft.removed.length} objects, which were removed: ${draft.removed.join(', ')}.`,
      'None.',
    );
};

const isWanted = ({ algorithm, isLong }: Trial, { quick, only }: Examination): boolean =>
  !(quick && isLong) && (only.length === 0 || only.includes(algorithm));

/**
 * Tries one key. Only an object of the token is written to it, and takes a turn: others make their keys between two of these.
 * @returns undefined if the run was told to end before the turn came
 */
const tryKey = async (trials: TokenTrials, trial: Trial, inTurn: InTurn): Promise<TrialResult | undefined> => {
  if (!isObject(trial)) return trials.run(trial);
  try {
    return await inTurn(() => trials.run(trial));
  } catch (error) {
    if (error instanceof NoTurn) return undefined;
    throw error;
  }
};

/** What makes a token useless for this product, whatever else works. */
const checkCustodies = ({ profile, plan }: TokenTrials, draft: Draft): void => {
  const lacksAll = lackingAnyKey(profile);
  if (lacksAll !== null)
    draft.findings.add(
      'keys-unsupported',
      'token',
      `No key can be made: ${lacksAll}.`,
      'Use another HSM for this partition.',
    );
  else if (plan.trials.length === 0)
    draft.findings.add(
      'mechanisms-missing',
      'token',
      'The token lists no mechanism of this product.',
      'Check the partition’s policy.',
    );
  if (profile.kekWrap.length === 0)
    draft.findings.add(
      'key-wrap-missing',
      'wrapped',
      'The token lists no AES key wrap with padding, so keys are kept in the token alone, and none can be imported.',
      'Check whether a newer firmware or another policy of the partition offers it.',
    );
  for (const step of plan.outsideSteps)
    draft.findings.add(
      'step-outside-module',
      'FIPS',
      `${step}: ${detailOf(step)}`,
      'If a policy is FIPS-only, it may refuse this step: see GET /algorithms.',
    );
};

/**
 * Generates, uses and destroys one key for each algorithm and custody. A signal ends it after the key under way. Afterwards no
 * object of it is on the token, or the object is named.
 */
export const tryKeys = async (trials: TokenTrials, examination: Examination, draft: Draft, run: Run): Promise<void> => {
  const { progress, stop, inTurn } = run;
  await clearLeftovers(trials, draft, run);
  const removedBefore = draft.removed.length;
  const measure = { timeoutSeconds: examination.hsm.sessionTimeoutSeconds, profile: trials.profile };
  const wanted = trials.plan.trials.filter((trial) => isWanted(trial, examination));
  for (const [index, trial] of wanted.entries()) {
    if (stop.aborted) break;
    progress(`${index + 1}/${wanted.length} ${nameOf(trial)}`);
    const result = await tryKey(trials, trial, inTurn);
    if (result === undefined) break;
    draft.keys.push(judgeTrial(trial, result, measure, draft.findings));
  }
  progress('look for what is left on the token');
  const remaining = await trials.objects();
  await clear(trials, remaining, draft, inTurn);
  draft.removed.splice(removedBefore);
  const tried = draft.keys.length;
  draft.keys.push(...wanted.slice(tried).map(skippedRow));
  draft.keys.push(...trials.plan.trials.filter((trial) => !wanted.includes(trial)).map(skippedRow));
  draft.keys.push(...trials.plan.lacking.map(lackingRow));
  checkCustodies(trials, draft);
};
