import { realpathSync } from 'node:fs';
import { AnkaError } from '@ankasecure/contracts';
import { Module, type Slot, type Token } from 'graphene-pk11';
import type { TokenIdentity } from '../../custody.js';
import { ckr, ckrName, ckrOf } from '../cryptoki/ckr.js';
import { actionFor } from '../cryptoki/error-policy.js';
import { ckm, type MechanismInfo, type MechanismList, osLocking, rwSession, userLogin } from '../cryptoki/mechanism.js';
import { type TokenFlag, tokenFlagsOf } from '../cryptoki/token-flag.js';
import type { CustodyLogger, Pkcs11Config } from '../profile/config.js';
import { chooseProfile, type Profile, settleProfile } from '../profile/profile.js';
import { assertPinLength } from './pin-length.js';
import { SlotNotFound, selectSlot } from './slot.js';

/** The token refused the PIN. Another attempt may lock the token, so neither this process nor its supervisor should make one. */
export class PinRefused extends Error {
  override readonly name = 'PinRefused';

  /**
   * @param code such as CKR_PIN_INCORRECT
   * @param tries what the token tells of the tries that are left; undefined if it tells nothing
   */
  constructor(
    readonly code: string,
    readonly tries: string | undefined,
  ) {
    super(`the token refused the PIN (${code}); the worker does not try it again`);
  }
}

/** What the token's flags say of the tries, the gravest first. */
const triesLeft: readonly (readonly [flag: TokenFlag, says: string])[] = [
  ['userPinLocked', 'the token has locked the PIN, and its security officer must set a new one'],
  ['userPinFinalTry', 'one try is left before the token locks the PIN'],
  ['userPinCountLow', 'the token counts tries since the last login'],
];

/** Whether a token that did not open may open later: it is away, or its library reports an error. A wrong configuration stays. */
export const mayPass = (error: unknown): boolean =>
  !(error instanceof PinRefused) &&
  (error instanceof SlotNotFound || error instanceof AnkaError || ckrOf(error) !== null);

const opened = new Set<string>();

/**
 * One run of a PKCS#11 library on one token, on the main thread's side. Only this class calls C_Initialize, C_Login and
 * C_Finalize; Finalize only while no lane has a call under way. A library serves one partition per process.
 */
export class TokenModule {
  private readonly config: Pkcs11Config;
  private readonly logger: CustodyLogger;
  private readonly module: Module;
  private readonly path: string;
  private openSlot: Slot | null = null;
  /** Holds the login: some tokens log out with the last session. */
  private anchor: Buffer | null = null;
  private recognised: TokenIdentity | null = null;
  private settledProfile: Profile | null = null;
  private listed: MechanismList = new Map();

  constructor(config: Pkcs11Config, logger: CustodyLogger) {
    this.config = config;
    this.logger = logger;
    this.path = realpathSync(config.libraryPath);
    if (opened.has(this.path))
      throw new Error(
        `${config.libraryPath} is already open in this process: a process can open one partition per library`,
      );
    this.module = Module.load(this.path);
    opened.add(this.path);
  }

  get libraryPath(): string {
    return this.path;
  }

  get slot(): Buffer {
    if (!this.openSlot) throw new Error('the module is not initialised');
    return this.openSlot.handle;
  }

  get identity(): TokenIdentity {
    if (!this.recognised) throw new Error('the module was never initialised');
    return this.recognised;
  }

  get profile(): Profile {
    if (!this.settledProfile) throw new Error('the module was never initialised');
    return this.settledProfile;
  }

  get mechanisms(): MechanismList {
    return this.listed;
  }

  /** @throws PinUnfit, PinRefused, SlotNotFound, or an error that `ckrOf` reads */
  initialise(): void {
    this.module.initialize({ flags: osLocking });
    const { slot, token } = selectSlot(this.module, this.config, this.logger);
    this.recognise(slot, token);
    assertPinLength(this.config.pin, token, this.profile);
    this.openSlot = slot;
    this.login();
  }

  /** @throws PinRefused, or an error that `ckrOf` reads */
  login(): void {
    try {
      this.loginOnce();
    } catch (error) {
      if (ckrOf(error) !== ckr.SESSION_HANDLE_INVALID && ckrOf(error) !== ckr.SESSION_CLOSED) throw error;
      this.anchor = null;
      this.loginOnce();
    }
  }

  finalise(): void {
    this.anchor = null;
    this.openSlot = null;
    try {
      this.module.finalize();
    } catch (error) {
      const code = ckrOf(error);
      if (code === null) throw error;
      if (code !== ckr.CRYPTOKI_NOT_INITIALIZED) this.logger.warn({ code: ckrName(code) }, 'C_Finalize failed');
    }
  }

  close(): void {
    this.finalise();
    opened.delete(this.path);
  }

  private loginOnce(): void {
    const { lib } = this.module;
    this.anchor ??= lib.C_OpenSession(this.slot, rwSession);
    try {
      lib.C_Login(this.anchor, userLogin, this.config.pin);
    } catch (error) {
      const code = ckrOf(error);
      if (code === ckr.USER_ALREADY_LOGGED_IN) return;
      if (code === null || actionFor(code, 'own') !== 'stop') throw error;
      throw new PinRefused(ckrName(code), this.triesLeft());
    }
  }

  /** A token that fails to tell of itself now tells nothing: the refusal of the PIN is what counts. */
  private triesLeft(): string | undefined {
    try {
      const flags = tokenFlagsOf(this.module.lib.C_GetTokenInfo(this.slot).flags);
      return triesLeft.find(([flag]) => flags.includes(flag))?.[1];
    } catch (error) {
      if (ckrOf(error) === null) throw error;
      return undefined;
    }
  }

  /** The first call records the token's identity. Later calls require the same token. */
  private recognise(slot: Slot, token: Token): void {
    const seen = { label: token.label, serial: token.serialNumber };
    if (this.recognised) {
      if (this.recognised.label === seen.label && this.recognised.serial === seen.serial) return;
      throw new SlotNotFound(`the token is now “${seen.label}” (${seen.serial})`);
    }
    const excluded = new Set<number>(this.config.excludedMechanisms?.map((name) => ckm[name]));
    this.listed = new Map([...mechanismsOf(slot)].filter(([mechanism]) => !excluded.has(mechanism)));
    const clues = [this.config.libraryPath, token.manufacturerID, token.model];
    this.settledProfile = settleProfile(chooseProfile(this.config.profile, clues), this.listed);
    this.recognised = {
      ...seen,
      manufacturer: token.manufacturerID,
      model: token.model,
      firmware: `${token.firmwareVersion.major}.${token.firmwareVersion.minor}`,
      profile: this.settledProfile.name,
    };
  }
}

/**
 * Omits a mechanism that a token lists and then does not know. Any other error may pass, and must not count as a missing
 * mechanism, because missing mechanisms may be replaced by software.
 */
const mechanismsOf = ({ lib, handle }: Slot): MechanismList => {
  const found = new Map<number, MechanismInfo>();
  for (const mechanism of lib.C_GetMechanismList(handle)) {
    try {
      const { flags, minKeySize, maxKeySize } = lib.C_GetMechanismInfo(handle, mechanism);
      found.set(mechanism, { flags, minKeySize, maxKeySize });
    } catch (error) {
      if (ckrOf(error) !== ckr.MECHANISM_INVALID) throw error;
    }
  }
  return found;
};
