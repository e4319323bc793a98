import { randomUUID } from 'node:crypto';
import type { Context } from '@ankasecure/contracts';
import type { Outbox } from '@ankasecure/service-kit';
import { expect, it } from 'vitest';
import { grantsOf } from '../access/grant.js';
import { knownKey } from '../jose/testing/known-key.js';
import type { KeyStore, Target } from '../key/key-store.js';
import type { UseBudget } from '../key/use-budget.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { type EnforcedPolicies, enforcedPolicy } from '../policy/enforced-policy.js';
import { Quotas } from '../quota/quotas.js';
import { operations } from './operation.js';
import { RunOperation } from './run-operation.js';

const { custody, key } = knownKey('EC-P256', 'sign');
Object.assign(custody, { known: () => ({ ...key, excluded: [], outsideSteps: [] }) });
/** What signs for both is the same; to quotas they are two keys. */
const [one, other] = [
  { keyId: key.keyId, payload: 'AAAA' },
  { keyId: randomUUID(), payload: 'AAAA' },
];

/** A worker with a quota for keys, or none: everything around the operation is let through. */
const worker = (burst?: number) => {
  const perKey = burst === undefined ? {} : { perKey: { operationsPerSecond: 1, burst } };
  const runner = new RunOperation(
    {
      custody,
      budget: { bounds: () => false } as unknown as UseBudget,
      quotas: new Quotas({ ...perKey, tenants: [] }, () => 0),
    },
    {
      meant: async (_: string, target: Target) => ({
        ...key,
        ...target,
        version: 1,
        custody: 'token',
        grants: grantsOf([]),
      }),
    } as unknown as KeyStore,
    {
      of: async () => enforcedPolicy(1, { allowedAlgorithms: ['EC-P256'], fipsOnly: false }),
    } as unknown as EnforcedPolicies,
    { expect: () => undefined, commit: async () => true } as unknown as GroupCommit,
    { assertRoom: () => undefined } as unknown as Outbox,
  );
  return async (request: object, more: Partial<Context> = {}) => {
    const context: Context = {
      ...{ tenantId: key.tenantId, principal: 'somebody', roles: ['application-admin'], correlationId: 'quota' },
      ...{ deadline: Date.now() + 9_000, ...more },
    };
    const [, , sign] = operations;
    const { head } = await runner.run(sign, context, Buffer.from(JSON.stringify(request)));
    return [head.ok ? 'done' : head.error.code, head.keyQuota];
  };
};

it('an answer says what its key has left, and a refusal by the quota too', async () => {
  const ask = worker(2);
  const policy = { quota: 2, window: 2 };
  expect(await ask(one)).toEqual(['done', { ...policy, remaining: 1, seconds: 1 }]);
  expect(await ask(one)).toEqual(['done', { ...policy, remaining: 0, seconds: 2 }]);
  expect(await ask(one)).toEqual(['quota-exceeded', { ...policy, remaining: 0, seconds: 1 }]);
  expect(await ask(other)).toEqual(['done', { ...policy, remaining: 1, seconds: 1 }]);
});

it('an answer to a batch goes by the key that has the least left', async () => {
  const ask = worker(5);
  const policy = { quota: 5, window: 5 };
  expect(await ask({ items: [one, other, one, one] })).toEqual(['done', { ...policy, remaining: 2, seconds: 3 }]);
  expect(await ask({ items: [other] })).toEqual(['done', { ...policy, remaining: 3, seconds: 2 }]);
});

it('an answer says nothing where no key has a quota, and where nothing was asked of one', async () => {
  expect(await worker()(one)).toEqual(['done', undefined]);
  const ask = worker(1);
  expect(await ask(one, { dryRun: true })).toEqual(['done', undefined]);
  expect(await ask({ ...one, format: 'no such' })).toEqual(['request-invalid', undefined]);
  expect(await ask(one)).toMatchObject(['done', { remaining: 0 }]);
});
