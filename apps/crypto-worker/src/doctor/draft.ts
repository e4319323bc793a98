import type { DoctorReport } from '@ankasecure/contracts';
import { tokenFlagsOf } from '../custody/pkcs11/cryptoki/token-flag.js';
import { flagNamesOf, mechanismName } from '../custody/pkcs11/survey/mechanism-name.js';
import type { Survey, SurveyedSlot } from '../custody/pkcs11/survey/survey.js';
import { Findings } from './findings.js';

type Part<Member extends keyof DoctorReport> = DoctorReport[Member];

const slotOf = ({ index, description, token }: SurveyedSlot): Part<'slots'>[number] => {
  const { flags, minPinLength: _min, maxPinLength: _max, ...named } = token;
  return { index, description, ...named, flags: [...tokenFlagsOf(flags)] };
};

/** All ones stand for "unlimited", or for "unavailable". */
const whole = (value: number): number => (Number.isSafeInteger(value) && value >= 0 ? value : 0);

/** A report while it is written. */
export class Draft {
  readonly findings = new Findings();
  readonly keys: Part<'keys'> = [];
  readonly removed: string[] = [];
  readonly left: string[] = [];
  profile: Part<'profile'> = null;
  stopped = false;
  private library: Part<'library'> = null;
  private slots: Part<'slots'> = [];
  private token: Part<'token'> = null;
  private mechanisms: Part<'mechanisms'> = [];

  constructor(private readonly partition: string) {}

  tell(path: string, { library, interfaces, hasVendorKem, slots, choice }: Survey): void {
    this.library = {
      path,
      ...library,
      interfaces: interfaces?.map((row) => ({ ...row })) ?? null,
      hasVendorKem,
    };
    this.slots = slots.map(slotOf);
    if ('problem' in choice) return;
    const { minPinLength, maxPinLength } = choice.slot.token;
    this.token = { ...slotOf(choice.slot), minPinLength: whole(minPinLength), maxPinLength: whole(maxPinLength) };
    this.mechanisms = choice.mechanisms.map(({ number, flags, minKeySize, maxKeySize }) => ({
      number,
      name: mechanismName(number),
      flags: [...flagNamesOf(flags)],
      minKeySize: whole(minKeySize),
      maxKeySize: whole(maxKeySize),
    }));
  }

  get report(): DoctorReport {
    const { exitCode } = this.findings;
    return {
      format: 'ankasecure-hsm-doctor',
      version: 1,
      at: new Date().toISOString(),
      ok: exitCode === 0,
      exitCode,
      stopped: this.stopped,
      partition: this.partition,
      library: this.library,
      slots: this.slots,
      token: this.token,
      mechanisms: this.mechanisms,
      profile: this.profile,
      keys: this.keys,
      findings: this.findings.all,
      removed: this.removed,
      left: this.left,
    };
  }
}
