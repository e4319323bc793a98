import { describe, expect, it } from 'vitest';
import { AnkaSecureError, isRetryable } from '../error/anka-secure-error.js';
import { ConnectionError, errorOf } from '../error/families.js';
import { errorTable } from '../generated/error-table.js';
import { mayRepeat, pauseOf, retryRule } from './retry.js';

const codes = Object.entries(errorTable);

describe('whether a call is repeated', () => {
  it.each(codes)('after %s: as the table of errors says', (code, { status, retryable }) => {
    const error = errorOf({ code, status, title: 't', detail: 'd' });
    expect(error).toBeInstanceOf(AnkaSecureError);
    expect([error.code, error.status, error.retryable]).toEqual([code, status, retryable]);
    expect(mayRepeat(error, 'harmless')).toBe(retryable);
    expect(mayRepeat(error, 'keyed')).toBe(retryable);
    // What may have been carried out is not asked for twice.
    expect(mayRepeat(error, 'once')).toBe(retryable && status < 500);
  });

  it('never after a lost answer of an operation that would have a second effect', () => {
    const lost = new ConnectionError('connection-failed', 'no answer', { retryable: true });
    expect(['harmless', 'keyed', 'once'].map((name) => mayRepeat(lost, name as 'once'))).toEqual([true, true, false]);
  });

  it('never after an error of the program, or a code that the table does not have', () => {
    expect(mayRepeat(new TypeError('x'), 'harmless')).toBe(false);
    expect(isRetryable('from-the-future')).toBe(false);
    expect(isRetryable('toString')).toBe(false);
  });
});

describe('the pause', () => {
  const rule = retryRule({ baseMs: 100, maxMs: 1000 });
  it('is anything between nothing and a bound that doubles up to its maximum', () => {
    expect([1, 2, 3, 4, 5, 20].map((attempt) => pauseOf(attempt, rule, 0, () => 1))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    expect(pauseOf(5, rule, 0, () => 0)).toBe(0);
  });

  it('never cuts Retry-After short', () => {
    expect(pauseOf(1, rule, 30_000, () => 0)).toBe(30_000);
    expect(pauseOf(1, rule, 30_000, () => 1)).toBe(30_100);
  });
});
