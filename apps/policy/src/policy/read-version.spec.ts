import { initialPolicy } from '@ankasecure/policy-rules';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

const fips = { fipsOnly: true };
const sunset = { sunsets: [{ algorithm: 'EC-P256' as const, protectUntil: '2030-01-01T00:00:00Z' }] };

describe('the versions of a policy', () => {
  let policy: RunningPolicy;
  let tenantId: string;
  beforeAll(async () => {
    policy = await startPolicy();
    await policy.startInstance();
  });
  beforeEach(async () => {
    tenantId = await policy.tenant();
    await policy.put(tenantId, { ifMatch: 1 }, fips);
    await policy.put(tenantId, { ifMatch: 2 }, { ...fips, ...sunset });
  });
  afterAll(() => policy.stop());

  it('are listed newest first, page by page, and each can be read', async () => {
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await policy.versions(tenantId, { limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ version, state }) => [version, state]));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([
      [3, 'active'],
      [2, 'superseded'],
      [1, 'superseded'],
    ]);
    expect(await policy.version(tenantId, 2)).toMatchObject({
      version: 2,
      changedBy: 'alice',
      restores: null,
      document: { ...initialPolicy, ...fips },
    });
    const { next } = await policy.versions(tenantId, { limit: 1 });
    const other = await policy.tenant();
    expect(await errorOf(policy.versions(other, { cursor: next ?? '' }))).toMatchObject({ code: 'cursor-invalid' });
  });

  it('can be compared in both directions', async () => {
    const dates = { protectUntil: '2030-01-01T00:00:00Z' };
    expect(await policy.diff(tenantId, 1, 3)).toEqual({
      from: 1,
      to: 3,
      changes: [
        { field: 'fipsOnly', before: false, after: true },
        { field: 'sunsets', algorithm: 'EC-P256', before: null, after: dates },
      ],
    });
    expect((await policy.diff(tenantId, 3, 2)).changes).toEqual([
      { field: 'sunsets', algorithm: 'EC-P256', before: dates, after: null },
    ]);
  });

  it('are visible only to their tenant', async () => {
    const other = await policy.tenant();
    for (const call of [
      () => policy.version(other, 2),
      () => policy.diff(other, 1, 2),
      () => policy.rollback(other, 2, { ifMatch: 1 }),
    ])
      expect(await errorOf(call())).toMatchObject({ code: 'policy-version-not-found' });
  });

  it('are restored as new versions, are then in force on the worker, and record their origin', async () => {
    const back = await policy.rollback(tenantId, 1, { ifMatch: 3, principal: 'bob' });
    expect(back).toMatchObject({ version: 4, ...initialPolicy, changedBy: 'bob' });
    expect(policy.worker.enforced.get(tenantId)).toEqual({ revision: 4, document: initialPolicy, disabled: false });
    expect(await policy.version(tenantId, 4)).toMatchObject({ state: 'active', restores: 1 });
    expect(await policy.rollback(tenantId, 1, { ifMatch: 3, principal: 'bob' }), 'repeated').toEqual(back);
    await eventually(() => expect(policy.eventsOf(tenantId)).toHaveLength(5));
    const [repeated, restored] = policy.eventsOf(tenantId).toReversed();
    expect(repeated).toMatchObject({ operation: 'policy.put', userId: 'bob', details: { unchanged: 'true' } });
    expect(restored).toMatchObject({
      operation: 'policy.put',
      userId: 'bob',
      details: {
        fromVersion: '3',
        toVersion: '4',
        restoredVersion: '1',
        fipsOnly: 'true to false',
        'sunsets.EC-P256': '{"protectUntil":"2030-01-01T00:00:00Z"} to null',
      },
    });
  });

  it('are restored only from the version in force, and only if they were in force before', async () => {
    expect(await errorOf(policy.rollback(tenantId, 1))).toMatchObject({ code: 'precondition-required' });
    expect(await errorOf(policy.rollback(tenantId, 1, { ifMatch: 2 }))).toMatchObject({ code: 'precondition-failed' });
    expect(await errorOf(policy.rollback(tenantId, 9, { ifMatch: 3 }))).toMatchObject({
      code: 'policy-version-not-found',
    });
    policy.worker.behaviour = 'refuse';
    expect(await errorOf(policy.put(tenantId, { ifMatch: 3 }))).toMatchObject({ code: 'request-invalid' });
    policy.worker.behaviour = 'apply';
    expect(await policy.version(tenantId, 4)).toMatchObject({ state: 'failed' });
    expect(await errorOf(policy.rollback(tenantId, 4, { ifMatch: 3 }))).toMatchObject({
      code: 'policy-version-not-found',
    });
  });
});
