import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledShim } from './compiled-shim.js';

/**
 * What can happen to a token at once. `restart`: sessions, handles and the login are gone. `lose-sessions`: all sessions but the one that logged in. `log-out`: the
 * login alone. `renew-handles`: the token logged out and in again, so that private objects have other handles.
 */
export type TokenEvent = 'restart' | 'lose-sessions' | 'log-out' | 'renew-handles';

/** How a token behaves differently from the one behind the shim. What is left out is as that token does it. */
export interface TokenLimits {
  /** The token is not in its slot. Its sessions have ended. */
  readonly removed?: boolean;
  /** The most that a process may have open, and the most objects that it may have made and not destroyed. */
  readonly sessions?: number;
  readonly objects?: number;
  /** Read-only sessions are refused. */
  readonly rwOnly?: boolean;
  /** From C_Initialize to C_Finalize, one C_Login succeeds. */
  readonly loginOnce?: boolean;
  /** Keys are made from a label and attributes of the vendor, and from nothing else. */
  readonly ownTemplates?: boolean;
  /** Objects that another process made since C_Initialize are not found. */
  readonly ownObjects?: boolean;
  /** Who chooses the IV of AES-GCM: the token, which writes it into a parameter of zeros or appends 16 bytes after the tag. */
  readonly gcmIv?: 'written-back' | 'appended';
  /** The most bytes that AES-GCM takes, and the most that C_Sign takes. */
  readonly gcmMax?: number;
  readonly signMax?: number;
  /** One key can be made in so many microseconds, by all processes together. */
  readonly creationMicros?: number;
  /** The library has no list of interfaces, and with it nothing of v3.x. */
  readonly v2Only?: boolean;
  /** Data objects are refused. */
  readonly noData?: boolean;
  /** AES key wrap (RFC 3394) unwraps only by a template with CKA_VALUE_LEN. */
  readonly wrapNeedsLength?: boolean;
  /** ECDH gives no shared secret without a key derivation function. */
  readonly noPlainEcdh?: boolean;
  /** A PIN is the name of a user, a colon and the token's PIN. */
  readonly userPin?: boolean;
  /** Who CK_TOKEN_INFO says made the token, and its model. */
  readonly manufacturer?: string;
  readonly model?: string;
  /** Functions that do not exist. They answer CKR_FUNCTION_NOT_SUPPORTED. */
  readonly missing?: readonly string[];
  /** Mechanisms that the vendor has other numbers for: the vendor's, and that of the token behind. */
  readonly mechanisms?: readonly (readonly [vendor: number, inside: number])[];
  /** Mechanisms of the token behind that the vendor does not have. */
  readonly hidden?: readonly number[];
  /** Attributes that the vendor does not know. A template with one of them is refused. */
  readonly unknown?: readonly number[];
}

/** A PKCS#11 library that forwards to a real one, and disturbs it as it is told. */
export interface Pkcs11Shim {
  /** The library to load instead of the real one. */
  readonly libraryPath: string;
  /** The environment of a process before it loads the library. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Replaces the faults in force.
   * @param faults e.g. `{ C_Sign: '0x32*1' }` (fail once with that CKR code), `{ C_Sign: '0x32@5*1' }` (fail at the fifth call),
   * `{ C_Sign: 'sleep:5000*1' }` (wait 5 s once), `{ C_Sign: 'us:2000' }` (wait 2 ms), `{ C_Sign: 'hang' }` (wait until the fault
   * is withdrawn); without `*N` for good. The name `*` means every function
   */
  inject(faults: Readonly<Record<string, string>>): void;
  /** Replaces the limits in force. */
  limit(limits: TokenLimits): void;
  /** Makes it happen to each process that has the token open, at its next call. */
  happen(event: TokenEvent): void;
  /** The number of calls of a function by all processes that use the shim. */
  calls(name: string): number;
  /** The numbers of calls of all functions that were called. */
  allCalls(): Readonly<Record<string, number>>;
  remove(): void;
}

const sources = (): string => {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith('.ts') ? './pkcs11-shim' : '../../src/fault/pkcs11-shim', here));
};

/** The functions in the order of the shim's table, which is the order of CK_FUNCTION_LIST. */
const functionNames = (folder: string): readonly string[] =>
  [...readFileSync(join(folder, 'function.h'), 'utf8').matchAll(/ X\((C_\w+)\)/g)].map((match) => match[1] ?? '');

const ivModes = { 'written-back': 1, appended: 2 } as const;

const notSupported = '0x54';

const linesOf = (limits: TokenLimits): readonly string[] => {
  const { mechanisms = [], hidden = [], unknown = [], missing = [], gcmIv, manufacturer, model } = limits;
  const words: Readonly<Record<string, number | boolean | undefined>> = {
    removed: limits.removed,
    sessions: limits.sessions,
    objects: limits.objects,
    'rw-only': limits.rwOnly,
    'login-once': limits.loginOnce,
    'own-templates': limits.ownTemplates,
    'own-objects': limits.ownObjects,
    'gcm-iv': gcmIv && ivModes[gcmIv],
    'gcm-max': limits.gcmMax,
    'sign-max': limits.signMax,
    'creation-us': limits.creationMicros,
    'v2-only': limits.v2Only,
    'no-data': limits.noData,
    'kw-length': limits.wrapNeedsLength,
    'user-pin': limits.userPin,
    'no-plain-ecdh': limits.noPlainEcdh,
  };
  const given = Object.entries(words).filter(([, value]) => value !== undefined && value !== false);
  return [
    ...given.map(([word, value]) => `${word} ${Number(value)}`),
    ...mechanisms.map(([vendor, inside]) => `mechanism ${vendor} ${inside}`),
    ...hidden.map((number) => `hidden ${number}`),
    ...unknown.map((type) => `unknown ${type}`),
    ...Object.entries({ manufacturer, model }).flatMap(([name, text]) =>
      text === undefined ? [] : [`${name}=${text}`],
    ),
    ...missing.map((name) => `${name}=${notSupported}`),
  ];
};

/** The file that the shim reads. It detects a new one by its time, because the inode can be reused. */
class ControlFile {
  private faults: Readonly<Record<string, string>> = {};
  private limits: TokenLimits = {};
  private readonly happened = new Map<TokenEvent, number>();
  private version = 0;

  constructor(private readonly path: string) {
    this.write();
  }

  change(changes: { readonly faults?: Readonly<Record<string, string>>; readonly limits?: TokenLimits }): void {
    this.faults = changes.faults ?? this.faults;
    this.limits = changes.limits ?? this.limits;
    this.write();
  }

  happen(event: TokenEvent): void {
    this.happened.set(event, (this.happened.get(event) ?? 0) + 1);
    this.write();
  }

  private write(): void {
    const lines = [
      ...linesOf(this.limits),
      ...[...this.happened].map(([event, count]) => `${event} ${count}`),
      ...Object.entries(this.faults).map(([name, fault]) => `${name}=${fault}`),
    ];
    writeFileSync(`${this.path}.next`, lines.map((line) => `${line}\n`).join(''));
    utimesSync(`${this.path}.next`, ++this.version, this.version);
    renameSync(`${this.path}.next`, this.path);
  }
}

/**
 * @param realLibrary the PKCS#11 library behind the shim
 * @throws Error when there is no C compiler, or it fails
 */
export const createPkcs11Shim = (realLibrary: string): Pkcs11Shim => {
  const folder = sources();
  const names = functionNames(folder);
  const compiled = compiledShim(folder, 'pkcs11-shim');
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-fault-'));
  const libraryPath = join(directory, 'libpkcs11-shim.so');
  copyFileSync(compiled, libraryPath);
  const counts = join(directory, 'counts');
  writeFileSync(counts, Buffer.alloc(names.length * 8));
  const control = new ControlFile(join(directory, 'control'));
  const assertFunctions = (named: readonly string[]): void => {
    const others = named.filter((name) => !names.includes(name));
    if (others.length > 0) throw new Error(`no PKCS#11 function ${others.join(', ')}`);
  };
  const calls = (name: string): number => Number(readFileSync(counts).readBigUInt64LE(names.indexOf(name) * 8));
  return {
    libraryPath,
    env: {
      ANKASECURE_FAULT_LIBRARY: realLibrary,
      ANKASECURE_FAULT_CONTROL: join(directory, 'control'),
      ANKASECURE_FAULT_COUNTS: counts,
    },
    inject: (faults) => {
      assertFunctions(Object.keys(faults).filter((name) => name !== '*'));
      control.change({ faults });
    },
    limit: (limits) => {
      assertFunctions(limits.missing ?? []);
      control.change({ limits });
    },
    happen: (event) => control.happen(event),
    calls,
    allCalls: () =>
      Object.fromEntries(names.map((name) => [name, calls(name)] as const).filter(([, count]) => count > 0)),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};
