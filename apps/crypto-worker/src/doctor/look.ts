import { existsSync } from 'node:fs';
import { ckm, type MechanismList } from '../custody/pkcs11/cryptoki/mechanism.js';
import { candidatesFor, differencesOf, type TokenSigns } from '../custody/pkcs11/profile/fit.js';
import { chooseProfile, type Profile, profiles } from '../custody/pkcs11/profile/profile.js';
import type { Survey, SurveyedMechanism, SurveyedSlot, SurveyFailure } from '../custody/pkcs11/survey/survey.js';
import { surveyLibrary } from '../custody/pkcs11/survey/survey-library.js';
import type { Draft } from './draft.js';
import type { Examination } from './examination.js';

/** The token that the configuration selects, and the profile for it. */
export interface Seen {
  readonly slot: SurveyedSlot;
  readonly profile: Profile;
  readonly signs: TokenSigns;
}

const remedies: Readonly<Record<SurveyFailure['cause'], string>> = {
  'not-a-library':
    'Correct hsm.pkcs11.library-path. It names a PKCS#11 library for this machine’s processor, and the vendor’s client with all that it needs is installed.',
  refused:
    'Check the client’s configuration: its file, its environment variable, its network and its registration at the HSM.',
  ended: 'The library fails in this environment. Check its configuration and version, and ask the vendor.',
  hangs: 'Check that the HSM can be reached from here, and the client’s time limits.',
};

const survey = async ({ partition, hsm }: Examination, draft: Draft): Promise<Survey | undefined> => {
  const { libraryPath, slotIndex, tokenLabel, tokenSerial } = hsm;
  const { findings } = draft;
  if (!existsSync(libraryPath)) {
    findings.add(
      'library-missing',
      'library',
      `${libraryPath} does not exist.`,
      'Install the vendor’s client, or correct hsm.pkcs11.library-path.',
    );
    return undefined;
  }
  const seen = await surveyLibrary({ libraryPath, partition, slotIndex, tokenLabel, tokenSerial });
  if (!('cause' in seen)) return seen;
  findings.add('library-unusable', 'library', `${libraryPath} cannot be used: ${seen.reason}`, remedies[seen.cause]);
  return undefined;
};

/** The mechanisms that the service sees: without those that the configuration excludes. */
const listedOf = (mechanisms: readonly SurveyedMechanism[], { hsm }: Examination): MechanismList => {
  const excluded = new Set<number>(hsm.excludedMechanisms.map((name) => ckm[name]));
  return new Map(
    mechanisms.filter(({ number }) => !excluded.has(number)).map(({ number, ...info }) => [number, info] as const),
  );
};

const profileOf = ({ hsm }: Examination, clues: readonly string[], draft: Draft): Profile | undefined => {
  if (hsm.profile === undefined || profiles.some(({ name }) => name === hsm.profile))
    return chooseProfile(hsm.profile, clues);
  const names = profiles.map(({ name }) => name).join(', ');
  draft.findings.add('profile-unknown', 'profile', `No profile is named ${hsm.profile}.`, `Choose one of ${names}.`);
  return undefined;
};

/** Loads the library in a process of its own and looks at its tokens, without a login. */
export const look = async (examination: Examination, draft: Draft): Promise<Seen | undefined> => {
  const seen = await survey(examination, draft);
  if (seen === undefined) return undefined;
  draft.tell(examination.hsm.libraryPath, seen);
  const { choice } = seen;
  if ('problem' in choice) {
    draft.findings.add(
      'token-not-selected',
      'token',
      choice.problem,
      'Correct token-label and token-serial in hsm.pkcs11.',
    );
    return undefined;
  }
  if (choice.byIndex)
    draft.findings.add(
      'token-by-index',
      'token',
      'The token is selected by its slot index, which can change.',
      'Set token-label.',
    );
  const { slot, mechanisms } = choice;
  const clues = [examination.hsm.libraryPath, slot.token.manufacturer, slot.token.model];
  const profile = profileOf(examination, clues, draft);
  if (profile === undefined) return undefined;
  return { slot, profile, signs: { clues, listed: listedOf(mechanisms, examination) } };
};

/** Says which profile fits the token best, and in what the one that is used differs from it. */
export const fitProfile = (used: Profile, signs: TokenSigns, { hsm }: Examination, draft: Draft): void => {
  const candidates = candidatesFor(signs);
  const best = candidates[0]?.profile ?? used;
  const own = candidates.find(({ profile }) => profile.name === used.name);
  // Two rows may be one device under two names.
  const fits = own?.points === candidates[0]?.points ? used : best;
  const differences = differencesOf(used, fits);
  draft.profile = {
    configured: hsm.profile ?? null,
    used: used.name,
    evidence: used.evidence,
    fits: fits.name,
    differences: differences.map((row) => ({ ...row })),
    candidates: candidates.map(({ profile, points, reasons }) => ({
      name: profile.name,
      points,
      reasons: [...reasons],
    })),
  };
  if (differences.length === 0) return;
  const names = differences.map(({ property }) => property).join(', ');
  const lacks = own?.lacks.filter((mechanism) => !candidates[0]?.lacks.includes(mechanism)) ?? [];
  const better = `The profile ${fits.name} fits this token better than ${used.name}: they differ in ${names}.`;
  const remedy = `Set hsm.pkcs11.profile to ${fits.name}, and run this again.`;
  if (lacks.length === 0) draft.findings.add('profile-fits-less', 'profile', better, remedy);
  else
    draft.findings.add(
      'profile-lacks-mechanisms',
      'profile',
      `${better} The token does not list the ${lacks.join(', ')} of ${used.name}.`,
      remedy,
    );
};
