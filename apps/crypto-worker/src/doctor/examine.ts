import type { DoctorReport } from '@ankasecure/contracts';
import { PinRefused } from '../custody/pkcs11/pkcs11-custody.js';
import { pinClue } from '../custody/pkcs11/token/pin-clue.js';
import { TokenTrials } from '../custody/pkcs11/trial/token-trials.js';
import { checkPin } from './check-pin.js';
import { Draft } from './draft.js';
import type { Examination, Run } from './examination.js';
import { fitProfile, look, type Seen } from './look.js';
import { tryKeys } from './try-keys.js';
import { NoTurn } from './turns.js';

/** Whether the token refused the PIN in this run, which cost a try. */
export const hasRefusedPin = ({ findings }: DoctorReport): boolean =>
  findings.some(({ code }) => code === 'pin-refused');

/** Logs in, once. A refused PIN is not tried again. */
const logIn = async ({ hsm, partition, limitSeconds }: Examination, draft: Draft): Promise<TokenTrials | undefined> => {
  try {
    return await TokenTrials.open({ ...hsm, partition, sessionTimeoutSeconds: limitSeconds });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof PinRefused)
      draft.findings.add(
        'pin-refused',
        'PIN',
        `The token refused the PIN (${error.code}). It was tried once.`,
        `Correct hsm.pkcs11.pin before you run this again, or start a worker: every try counts. Look at its form: ${pinClue(hsm.pin)}.`,
      );
    else
      draft.findings.add(
        'token-not-opened',
        'library',
        `The token cannot be opened: ${message}`,
        'See the vendor’s log.',
      );
    return undefined;
  }
};

/** By the name of a profile: what passes under it. Absent if nobody could find out. */
type Passed = Awaited<ReturnType<TokenTrials['tryProfiles']>> | undefined;

const tryProfiles = async (trials: TokenTrials, { progress, stop }: Run): Promise<Passed> => {
  if (stop.aborted) return undefined;
  progress('find out which profile fits');
  return trials.tryProfiles();
};

/** A run that was told to end before it had its first turn has tried nothing. */
const unlessStopped = (error: unknown): undefined => {
  if (error instanceof NoTurn) return undefined;
  throw error;
};

const examineKeys = async (
  examination: Examination,
  { slot, profile }: Seen,
  draft: Draft,
  run: Run,
): Promise<Passed> => {
  const { pin } = examination.hsm;
  const insists = examination.logInAnyway;
  if (!checkPin({ pin, profile, token: slot.token, insists }, draft.findings)) return undefined;
  if (examination.withoutLogin || run.stop.aborted) return undefined;
  run.progress('log in');
  // A login writes too: the token counts tries.
  const trials = await run.inTurn(() => logIn(examination, draft));
  if (trials === undefined) return undefined;
  try {
    await tryKeys(trials, examination, draft, run);
    return await tryProfiles(trials, run);
  } catch (error) {
    draft.findings.add(
      'token-silent',
      'token',
      `The token stopped answering: ${(error as Error).message}`,
      'Repair the connection, then run this again: it removes what is left.',
    );
    return undefined;
  } finally {
    await trials.close();
  }
};

/** Looks at the library and its token, checks the PIN, and tries a key of everything that the token and its profile promise. */
export const examine = async (examination: Examination, run: Run): Promise<DoctorReport> => {
  const { progress, stop } = run;
  const draft = new Draft(examination.partition);
  progress('load the library');
  const seen = await look(examination, draft);
  if (seen !== undefined) {
    const passed = await examineKeys(examination, seen, draft, run).catch(unlessStopped);
    fitProfile(seen.profile, { ...seen.signs, passed }, examination, draft);
  }
  draft.stopped = stop.aborted;
  if (stop.aborted)
    draft.findings.add(
      'run-stopped',
      'run',
      'The run was stopped before its end.',
      'It leaves nothing on the token. Run it again; if the time was over, run hsm doctor, which has no limit.',
    );
  return draft.report;
};
