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
    ['HOST_MEMORY', 'caller-data', 'fail'],
    ['DEVICE_MEMORY', 'caller-data', 'fail'],
    ['FUNCTION_FAILED', 'caller-data', 'bad-data-canary'],
    ['DATA_INVALID', 'produce', 'fail'],
  ];
  it.each(known)('%s on a call of kind %s: %s', (code, kind, action) => {
    expect(actionFor(ckr[code], kind)).toBe(action);
  });

  /** FUNCTION_REJECTED, KEY_SIZE_RANGE, TEMPLATE_INCONSISTENT, MECHANISM_INVALID, two vendor codes, and one that nobody uses. */
  const unnamed = [0x200, 0x62, 0xd1, 0x70, 0x80000001, 0xffffffff, 0x7654];

  it.each(unnamed)('0x%x, which no row names, is bad data if the call carries a caller’s data', (code) => {
    expect(actionFor(code, 'caller-data')).toBe('bad-data-canary');
    for (const kind of ['key-init', 'produce', 'create', 'own'] as const) expect(actionFor(code, kind)).toBe('fail');
  });

  it('distinguishes for callers only errors that their data cannot cause', () => {
    const told = (Object.keys(ckr) as (keyof typeof ckr)[]).filter(
      (code) => !actionFor(ckr[code], 'caller-data').startsWith('bad-data'),
    );
    expect(told.filter((code) => !code.startsWith('PIN_') && !code.includes('HANDLE_INVALID'))).toEqual([
      'HOST_MEMORY',
      'SLOT_ID_INVALID',
      'DEVICE_MEMORY',
      'DEVICE_REMOVED',
      'SESSION_CLOSED',
      'TOKEN_NOT_PRESENT',
      'TOKEN_NOT_RECOGNIZED',
      'USER_NOT_LOGGED_IN',
      'USER_PIN_NOT_INITIALIZED',
      'CRYPTOKI_NOT_INITIALIZED',
    ]);
  });

  it('never tries a PIN again, whatever the call', () => {
    for (const name of Object.keys(ckr).filter((code) => code.startsWith('PIN_')) as (keyof typeof ckr)[])
      for (const kind of ['key-init', 'caller-data', 'produce', 'create', 'own'] as const)
        expect(actionFor(ckr[name], kind)).toBe('stop');
  });

  it('has no row hidden by an earlier one', () => {
    for (const [at, row] of errorPolicy.entries())
      for (const code of row.codes) {
        const before = errorPolicy.slice(0, at).filter((other) => other.codes.includes(code));
        expect([code, before.some((other) => !other.kinds)]).toEqual([code, false]);
      }
  });
});
