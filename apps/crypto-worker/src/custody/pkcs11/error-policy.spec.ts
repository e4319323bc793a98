import { describe, expect, it } from 'vitest';
import { ckr } from './ckr.js';
import { actionFor, errorPolicy } from './error-policy.js';

describe('error policy', () => {
  const known: readonly [keyof typeof ckr, Parameters<typeof actionFor>[1], ReturnType<typeof actionFor>][] = [
    ['SESSION_HANDLE_INVALID', 'produce', 'reopen-session'],
    ['SESSION_CLOSED', 'own', 'reopen-session'],
    ['OBJECT_HANDLE_INVALID', 'key-init', 'find-again'],
    ['KEY_HANDLE_INVALID', 'key-init', 'find-again'],
    ['UNWRAPPING_KEY_HANDLE_INVALID', 'caller-data', 'find-again'],
    ['USER_NOT_LOGGED_IN', 'key-init', 'login'],
    ['DEVICE_REMOVED', 'caller-data', 'reinitialise'],
    ['TOKEN_NOT_PRESENT', 'own', 'reinitialise'],
    ['CRYPTOKI_NOT_INITIALIZED', 'produce', 'reinitialise'],
    ['DEVICE_ERROR', 'own', 'reinitialise'],
    ['GENERAL_ERROR', 'own', 'reinitialise'],
    ['DEVICE_ERROR', 'caller-data', 'bad-data-canary'],
    ['GENERAL_ERROR', 'caller-data', 'bad-data-canary'],
    ['ENCRYPTED_DATA_INVALID', 'caller-data', 'bad-data-canary'],
    ['WRAPPED_KEY_INVALID', 'caller-data', 'bad-data'],
    ['GENERAL_ERROR', 'key-init', 'find-again-or-login'],
    ['DEVICE_ERROR', 'produce', 'fail-canary'],
    ['DEVICE_MEMORY', 'create', 'retry-jitter'],
    ['GENERAL_ERROR', 'create', 'make-again'],
    ['DEVICE_ERROR', 'create', 'make-again'],
    ['PIN_INCORRECT', 'own', 'stop'],
    ['PIN_LOCKED', 'produce', 'stop'],
    ['HOST_MEMORY', 'own', 'fail'],
    ['DATA_INVALID', 'produce', 'fail'],
  ];
  it.each(known)('%s on a call of kind %s: %s', (code, kind, action) => {
    expect(actionFor(ckr[code], kind)).toBe(action);
  });

  it('fails on codes it does not know', () => {
    expect(actionFor(0x80000001, 'caller-data')).toBe('fail');
  });

  it('never tries a PIN again, whatever the call', () => {
    for (const name of Object.keys(ckr).filter((code) => code.startsWith('PIN_')) as (keyof typeof ckr)[])
      for (const kind of ['key-init', 'caller-data', 'produce', 'create', 'own'] as const)
        expect(actionFor(ckr[name], kind)).toBe('stop');
  });

  it('has no row that an earlier one hides', () => {
    for (const [at, row] of errorPolicy.entries())
      for (const code of row.codes) {
        const before = errorPolicy.slice(0, at).filter((other) => other.codes.includes(code));
        expect([code, before.some((other) => !other.kinds)]).toEqual([code, false]);
      }
  });
});
