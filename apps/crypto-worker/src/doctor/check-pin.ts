import type { FindingCode } from '@ankasecure/contracts';
import { type TokenFlag, tokenFlagsOf } from '../custody/pkcs11/cryptoki/token-flag.js';
import { pinFormFault } from '../custody/pkcs11/profile/pin-form.js';
import type { Profile } from '../custody/pkcs11/profile/profile.js';
import type { SurveyedToken } from '../custody/pkcs11/survey/survey.js';
import { pinLengthFault } from '../custody/pkcs11/token/pin-length.js';
import type { Findings } from './findings.js';

interface FlagRow {
  readonly flag: TokenFlag;
  readonly code: FindingCode;
  readonly problem: string;
  readonly remedy: string;
}

/** Flags that forbid another try, unless the operator insists. */
const forbidding: readonly FlagRow[] = [
  {
    flag: 'userPinLocked',
    code: 'pin-locked',
    problem: 'The token has locked the user PIN. It was not tried.',
    remedy: 'Let the security officer set a new PIN with the vendor’s tool.',
  },
  {
    flag: 'userPinFinalTry',
    code: 'pin-last-try',
    problem: 'One try is left: another wrong PIN locks the token. It was not tried.',
    remedy:
      'Make sure that the PIN is right, then run this once with --log-in-anyway. A successful login resets the counter.',
  },
];

const warning: readonly FlagRow[] = [
  {
    flag: 'userPinCountLow',
    code: 'pin-tries-few',
    problem: 'A wrong PIN was entered since the last login.',
    remedy: 'Find out who did. A successful login resets the counter.',
  },
  {
    flag: 'userPinToBeChanged',
    code: 'pin-to-be-changed',
    problem: 'The token wants the user PIN to be changed.',
    remedy: 'Change it with the vendor’s tool, and then in the configuration.',
  },
  {
    flag: 'protectedAuthenticationPath',
    code: 'pin-entered-elsewhere',
    problem: 'The token has a PIN pad or another way of its own to log in.',
    remedy: 'If the login fails, turn that off: a service cannot enter a PIN there.',
  },
];

interface PinQuestion {
  readonly pin: string;
  readonly profile: Profile;
  readonly token: SurveyedToken;
  /** The operator wants a try in spite of the token's flags. */
  readonly insists: boolean;
}

/**
 * Checks all that can be known of a PIN without a try of it.
 * @returns whether it may be tried
 */
export const checkPin = ({ pin, profile, token, insists }: PinQuestion, findings: Findings): boolean => {
  const flags = tokenFlagsOf(token.flags);
  if (!flags.includes('tokenInitialized')) {
    findings.add(
      'token-not-initialised',
      'token',
      'The token is not initialised. The PIN was not tried.',
      'Initialise it and set the user PIN with the vendor’s tool (SoftHSM: softhsm2-util --init-token).',
    );
    return false;
  }
  for (const row of warning) if (flags.includes(row.flag)) findings.add(row.code, 'PIN', row.problem, row.remedy);
  if (!flags.includes('userPinInitialized'))
    findings.add(
      'pin-not-set',
      'PIN',
      'The token reports no user PIN.',
      'If the login fails, set one with the vendor’s tool.',
    );
  const refused = insists ? [] : forbidding.filter(({ flag }) => flags.includes(flag));
  for (const { code, problem, remedy } of refused) findings.add(code, 'PIN', problem, remedy);
  const form = pinFormFault(profile, pin);
  if (form !== undefined)
    findings.add(
      'pin-form',
      'PIN',
      `For the profile ${profile.name}, the PIN must ${form}. It was not tried.`,
      `Correct hsm.pkcs11.pin. Its form is: ${profile.pinFormat}.`,
    );
  const { minPinLength: minPinLen, maxPinLength: maxPinLen } = token;
  const length = pinLengthFault(pin, { minPinLen, maxPinLen }, profile);
  if (length !== undefined)
    findings.add('pin-length', 'PIN', `The PIN is ${length}. It was not tried.`, 'Correct hsm.pkcs11.pin.');
  return refused.length === 0 && form === undefined && length === undefined;
};
