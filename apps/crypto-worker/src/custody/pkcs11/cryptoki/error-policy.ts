import { type CkrName, ckr } from './ckr.js';

/** The data that a call carries. It decides what a failure of the call means. */
export type CallKind =
  /** An `*Init` with a key that was found earlier. */
  | 'key-init'
  /** Bytes of the caller that may be wrong: unwrap, decrypt, derive. */
  | 'caller-data'
  /** Signing, sealing, wrapping: the caller's bytes cannot make the call fail. */
  | 'produce'
  /** Makes an object. */
  | 'create'
  /** No data of a caller: find, attributes, session and token information, and every call of the canary. */
  | 'own';

export type ErrorAction =
  | 'reopen-session'
  | 'find-again'
  /** Like `find-again`. If the object is not found, the login may be lost. */
  | 'find-again-or-login'
  | 'login'
  | 'reinitialise'
  /** The caller's data is bad: the uniform decryption failure. */
  | 'bad-data'
  /** Like `bad-data`, and the canary checks the token. */
  | 'bad-data-canary'
  /** A failure. The canary decides whether the token is healthy. */
  | 'fail-canary'
  /** Another process is writing, or the token is full of objects of sessions: retry after 0–20 ms, for up to 5 s. */
  | 'retry-jitter'
  /**
   * Making an object failed through nobody's fault (SoftHSM: while another session of the process looks for objects). Its
   * remains are destroyed and it is made again, at most twice. After that it is a failure, and the canary decides about the
   * token.
   */
  | 'make-again'
  /** Stop and never try again: a wrong PIN in a loop locks the token. */
  | 'stop'
  | 'fail';

/**
 * Actions that run the whole job again after a pause, more than once. The objects of the failed attempt must be destroyed
 * first.
 */
export const repeating: readonly ErrorAction[] = ['retry-jitter', 'make-again'];

interface Row {
  readonly codes: readonly CkrName[];
  /** If absent, the row applies to every kind of call. */
  readonly kinds?: readonly CallKind[];
  readonly action: ErrorAction;
}

/**
 * The first match wins. Codes that no row names are left to `unnamed`. `perform` repeats the call after an action that heals, a
 * few times at most; those in `repeating` have limits of their own.
 */
export const errorPolicy: readonly Row[] = [
  {
    codes: [
      'PIN_INCORRECT',
      'PIN_INVALID',
      'PIN_LEN_RANGE',
      'PIN_EXPIRED',
      'PIN_LOCKED',
      'PIN_TOO_WEAK',
      'USER_PIN_NOT_INITIALIZED',
    ],
    action: 'stop',
  },
  { codes: ['SESSION_HANDLE_INVALID', 'SESSION_CLOSED'], action: 'reopen-session' },
  {
    codes: [
      'OBJECT_HANDLE_INVALID',
      'KEY_HANDLE_INVALID',
      'WRAPPING_KEY_HANDLE_INVALID',
      'UNWRAPPING_KEY_HANDLE_INVALID',
    ],
    action: 'find-again',
  },
  { codes: ['USER_NOT_LOGGED_IN'], action: 'login' },
  {
    codes: [
      'DEVICE_REMOVED',
      'TOKEN_NOT_PRESENT',
      'TOKEN_NOT_RECOGNIZED',
      'CRYPTOKI_NOT_INITIALIZED',
      'SLOT_ID_INVALID',
    ],
    action: 'reinitialise',
  },
  { codes: ['DEVICE_ERROR', 'GENERAL_ERROR'], kinds: ['own'], action: 'reinitialise' },
  { codes: ['GENERAL_ERROR'], kinds: ['key-init'], action: 'find-again-or-login' },
  {
    codes: [
      'ENCRYPTED_DATA_LEN_RANGE',
      'AEAD_DECRYPT_FAILED',
      'DATA_INVALID',
      'DATA_LEN_RANGE',
      'SIGNATURE_INVALID',
      'WRAPPED_KEY_INVALID',
      'WRAPPED_KEY_LEN_RANGE',
      'MECHANISM_PARAM_INVALID',
      'DOMAIN_PARAMS_INVALID',
      'PUBLIC_KEY_INVALID',
      'ARGUMENTS_BAD',
    ],
    kinds: ['caller-data'],
    action: 'bad-data',
  },
  { codes: ['DEVICE_MEMORY'], kinds: ['create', 'own', 'produce'], action: 'retry-jitter' },
  { codes: ['HOST_MEMORY', 'DEVICE_MEMORY'], action: 'fail' },
  { codes: ['DEVICE_ERROR', 'GENERAL_ERROR', 'FUNCTION_FAILED'], kinds: ['create'], action: 'make-again' },
  { codes: ['DEVICE_ERROR', 'GENERAL_ERROR'], kinds: ['key-init', 'produce'], action: 'fail-canary' },
];

/**
 * The action for every other code, vendor codes included. Tokens report bad data by more codes than any list has, and an
 * answer that differs by the code is a decryption oracle. Every other code on a caller's data therefore counts as bad data.
 */
const unnamed: Readonly<Record<CallKind, ErrorAction>> = {
  'key-init': 'fail',
  'caller-data': 'bad-data-canary',
  produce: 'fail',
  create: 'fail',
  own: 'fail',
};

const index = new Map<number, Row[]>();
for (const row of errorPolicy)
  for (const name of row.codes) index.set(ckr[name], [...(index.get(ckr[name]) ?? []), row]);

export const actionFor = (code: number, kind: CallKind): ErrorAction =>
  index.get(code)?.find((row) => !row.kinds || row.kinds.includes(kind))?.action ?? unnamed[kind];
