import { type CkrName, ckr } from './ckr.js';

/** The data that a call carries. It decides what a failure of the call means. */
export type CallKind =
  /** An `*Init` with a key found earlier. */
  | 'key-init'
  /** Bytes of the caller that may be wrong: unwrap, decrypt, derive. */
  | 'caller-data'
  /** Signing, sealing, wrapping: the caller's bytes cannot make it fail. */
  | 'produce'
  /** Makes an object. */
  | 'create'
  /** Nothing of a caller: find, attributes, session and token information, and every call of the canary. */
  | 'own';

export type ErrorAction =
  | 'reopen-session'
  | 'find-again'
  /** Like `find-again`; if the object is not found, the login may be gone. */
  | 'find-again-or-login'
  | 'login'
  | 'reinitialise'
  /** The caller's data is bad: the uniform decryption failure. */
  | 'bad-data'
  /** Like `bad-data`, and the canary checks the token. */
  | 'bad-data-canary'
  /** A failure, and the canary decides whether the token is well. */
  | 'fail-canary'
  /** Another process is writing: again after 0–20 ms, for up to 5 s. */
  | 'retry-jitter'
  /**
   * Making an object failed by no fault of anybody's (SoftHSM: while another session of the process looks for objects): what
   * it left is gone, so it is made again, twice at most; then a failure, and the canary decides about the token.
   */
  | 'make-again'
  /** Stop and never try again: a wrong PIN in a loop locks the token. */
  | 'stop'
  | 'fail';

/** Actions that run the whole job again after a pause, more than once: what it made until it failed must be gone. */
export const repeating: readonly ErrorAction[] = ['retry-jitter', 'make-again'];

interface Row {
  readonly codes: readonly CkrName[];
  /** Absent: for every kind of call. */
  readonly kinds?: readonly CallKind[];
  readonly action: ErrorAction;
}

/** First match wins; what no row names is left to `unnamed`. Actions that repeat the call do so once, but for those of `repeating`. */
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
  { codes: ['DEVICE_MEMORY'], kinds: ['create', 'own'], action: 'retry-jitter' },
  { codes: ['HOST_MEMORY', 'DEVICE_MEMORY'], action: 'fail' },
  { codes: ['DEVICE_ERROR', 'GENERAL_ERROR', 'FUNCTION_FAILED'], kinds: ['create'], action: 'make-again' },
  { codes: ['DEVICE_ERROR', 'GENERAL_ERROR'], kinds: ['key-init', 'produce'], action: 'fail-canary' },
];

/**
 * The action for every other code, vendors' codes included. Tokens report bad data by more codes than any list has, and an answer
 * that differs by the code is a decryption oracle. So every other code on a caller's data counts as bad data.
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
