import { randomUUID } from 'node:crypto';
import type { Context } from '@ankasecure/contracts';
import { expect, it } from 'vitest';
import { Quotas } from '../quota/quotas.js';
import { signing, signingKey } from './testing/signing.js';

/** Two keys with the same key material. Quotas count them separately. */
const [one, other] = [
  { keyId: signingKey.keyId, payload: 'AAAA' },
  { keyId: randomUUID(), payload: 'AAAA' },
];

/** A worker with or without a quota for keys. */
const worker = (burst?: number) => {
  const perKey = burst === undefined ? {} : { perKey: { operationsPerSecond: 1, burst } };
  const sign = signing({ quotas: Quotas.withClock({ ...perKey, tenants: [] }, () => 0) });
  return async (request: object, more?: Partial<Context>) => {
    const { head } = await sign(request, more);
    return [head.ok ? 'done' : head.error.code, head.keyQuota];
  };
};

it('an answer states the remaining quota of its key, also when the quota refuses it', async () => {
  const ask = worker(2);
  const policy = { quota: 2, window: 2 };
  expect(await ask(one)).toEqual(['done', { ...policy, remaining: 1, seconds: 1 }]);
  expect(await ask(one)).toEqual(['done', { ...policy, remaining: 0, seconds: 2 }]);
  expect(await ask(one)).toEqual(['quota-exceeded', { ...policy, remaining: 0, seconds: 1 }]);
  expect(await ask(other)).toEqual(['done', { ...policy, remaining: 1, seconds: 1 }]);
});

it('an answer to a batch states the quota of the key with the least left', async () => {
  const ask = worker(5);
  const policy = { quota: 5, window: 5 };
  expect(await ask({ items: [one, other, one, one] })).toEqual(['done', { ...policy, remaining: 2, seconds: 3 }]);
  expect(await ask({ items: [other] })).toEqual(['done', { ...policy, remaining: 3, seconds: 2 }]);
});

it('an answer states no quota if no key has one or no key was used', async () => {
  expect(await worker()(one)).toEqual(['done', undefined]);
  const ask = worker(1);
  expect(await ask(one, { dryRun: true })).toEqual(['done', undefined]);
  expect(await ask({ ...one, format: 'no such' })).toEqual(['request-invalid', undefined]);
  expect(await ask(one)).toMatchObject(['done', { remaining: 0 }]);
});
