import type { Profile, ProfileName } from './profile.js';

interface PinForm {
  readonly form: RegExp;
  /** Completes "the PIN must …". */
  readonly rule: string;
}

const userAndPassword: PinForm = {
  form: /^[^:]+:.+$/s,
  rule: 'be the crypto user’s name, a colon and the password (user:password)',
};

/** Profiles whose tokens refuse every PIN of another form. A profile without a row takes any. */
const forms: Partial<Record<ProfileName, PinForm>> = {
  kryoptic: { form: /^.{8,}$/s, rule: 'have at least 8 characters' },
  cloudhsm: userAndPassword,
  'azure-cloud': userAndPassword,
};

/** Completes "the PIN must …", for a PIN that the profile's tokens refuse. @returns undefined for any other */
export const pinFormFault = ({ name }: Profile, pin: string): string | undefined => {
  const row = forms[name as ProfileName];
  return row === undefined || row.form.test(pin) ? undefined : row.rule;
};
