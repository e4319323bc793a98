import { readFileSync, writeSync } from 'node:fs';
import { PKCS11, type TokenInfo } from 'pkcs11js';
import { ckr, ckrName, ckrOf } from '../cryptoki/ckr.js';
import { osLocking } from '../cryptoki/mechanism.js';
import { interfacesIn, libraryAt } from '../session/interface-list.js';
import { hasVendorKem } from '../session/kem.js';
import { chooseToken, SlotNotFound } from '../token/slot.js';
import type {
  Survey,
  SurveyedChoice,
  SurveyedInterface,
  SurveyedMechanism,
  SurveyedSlot,
  SurveyedToken,
  SurveyFailure,
  SurveyOrder,
} from './survey.js';

/**
 * A program that looks at a PKCS#11 library and its tokens, without a login. It is a process of its own, because a library may
 * crash or hang. It reads a `SurveyOrder` as JSON from standard input, and writes a `Survey` or a `SurveyFailure` to descriptor
 * 3: libraries print on standard output.
 */
const answerOn = 3;

interface Version {
  readonly major: number;
  readonly minor: number;
}

const versionText = ({ major, minor }: Version): string => `${major}.${minor}`;

/** Texts of PKCS#11 are padded with blanks, and some libraries end them with a NUL. */
const textOf = (padded: string): string => padded.replace(/\0.*$/s, '').trimEnd();

const tokenOf = (info: TokenInfo): SurveyedToken => ({
  label: textOf(info.label),
  serialNumber: textOf(info.serialNumber),
  manufacturer: textOf(info.manufacturerID),
  model: textOf(info.model),
  hardware: versionText(info.hardwareVersion),
  firmware: versionText(info.firmwareVersion),
  flags: info.flags >>> 0,
  minPinLength: info.minPinLen,
  maxPinLength: info.maxPinLen,
});

const slotsOf = (p11: PKCS11): readonly (SurveyedSlot & { readonly handle: Buffer })[] =>
  p11.C_GetSlotList(true).map((handle, index) => ({
    handle,
    index,
    description: textOf(p11.C_GetSlotInfo(handle).slotDescription),
    token: tokenOf(p11.C_GetTokenInfo(handle)),
  }));

/** A mechanism that the token lists and then does not know is omitted, as the service does. */
const mechanismsOf = (p11: PKCS11, slot: Buffer): readonly SurveyedMechanism[] =>
  p11.C_GetMechanismList(slot).flatMap((number) => {
    try {
      const { flags, minKeySize, maxKeySize } = p11.C_GetMechanismInfo(slot, number);
      return [{ number, flags, minKeySize, maxKeySize }];
    } catch (error) {
      if (ckrOf(error) !== ckr.MECHANISM_INVALID) throw error;
      return [];
    }
  });

const interfacesOf = (library: ReturnType<typeof libraryAt>): readonly SurveyedInterface[] | null =>
  interfacesIn(library)?.map(({ name, major, minor, flags }) => ({ name, version: `${major}.${minor}`, flags })) ??
  null;

const choose = (p11: PKCS11, order: SurveyOrder): SurveyedChoice => {
  let byIndex = false;
  const warn = (): void => {
    byIndex = true;
  };
  try {
    const { handle, ...slot } = chooseToken(slotsOf(p11), order, { warn });
    return { slot, mechanisms: mechanismsOf(p11, handle), byIndex };
  } catch (error) {
    if (!(error instanceof SlotNotFound)) throw error;
    return { problem: error.message };
  }
};

const survey = (order: SurveyOrder): Survey | SurveyFailure => {
  const p11 = new PKCS11();
  try {
    p11.load(order.libraryPath);
  } catch (error) {
    return { cause: 'not-a-library', reason: (error as Error).message };
  }
  try {
    p11.C_Initialize({ flags: osLocking });
    const info = p11.C_GetInfo();
    const library = libraryAt(order.libraryPath);
    return {
      library: {
        description: textOf(info.libraryDescription),
        manufacturer: textOf(info.manufacturerID),
        version: versionText(info.libraryVersion),
        cryptoki: versionText(info.cryptokiVersion),
      },
      interfaces: interfacesOf(library),
      hasVendorKem: hasVendorKem(library),
      slots: slotsOf(p11).map(({ handle: _handle, ...slot }) => slot),
      choice: choose(p11, order),
    };
  } catch (error) {
    const code = ckrOf(error);
    const { message } = error as Error;
    return { cause: 'refused', reason: code === null ? message : ckrName(code) };
  }
};

writeSync(answerOn, JSON.stringify(survey(JSON.parse(readFileSync(0, 'utf8')) as SurveyOrder)));
process.exit(0);
