import { AnkaError } from '@ankasecure/contracts';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { asAnkaError } from './as-anka-error.js';

const failed = (code: string) => new QueryFailedError('SELECT 1', [], Object.assign(new Error('no'), { code }));

describe('a thrown value', () => {
  it.each([
    '08006',
    '53300',
    '57P01',
    '57P03',
    '57P05',
    '58030',
    '25006',
    '25P03',
    '25P04',
    '40001',
    '40P01',
    '55P03',
    '57014',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'EAI_AGAIN',
  ])('is retryable when its code is %s', (code) =>
    expect(asAnkaError(failed(code))).toMatchObject({ code: 'service-unavailable', retryable: true }),
  );

  it.each([
    new QueryRunnerAlreadyReleasedError(),
    new Error('Cannot use a pool after calling end on the pool'),
    new Error('Connection terminated unexpectedly'),
    new Error('Client was closed and is not queryable'),
    new Error('Client has encountered a connection error and is not queryable'),
    new Error('timeout exceeded when trying to connect'),
    new Error('timeout expired'),
    new QueryFailedError('SELECT 1', [], new Error('Query read timeout')),
    new Error('Driver not Connected'),
  ])('is retryable when its message is: %s', (error) =>
    expect(asAnkaError(error)).toMatchObject({ code: 'service-unavailable', retryable: true, cause: error }),
  );

  it.each([failed('23505'), failed('42P01'), failed('22P02'), failed('25P02'), new TypeError('x'), 'text', undefined])(
    'is an internal error otherwise: %s',
    (error) => expect(asAnkaError(error)).toMatchObject({ code: 'internal-error', retryable: false }),
  );

  it('is unchanged when it is an AnkaError', () => {
    const error = new AnkaError('key-state');
    expect(asAnkaError(error)).toBe(error);
  });
});
