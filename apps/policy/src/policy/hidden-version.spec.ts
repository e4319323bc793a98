import { randomUUID } from 'node:crypto';
import { monotonicNow } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

const strict = { fipsOnly: true, dualControl: ['destroy' as const] };
const approval = { id: randomUUID(), requestedBy: 'bob', requestedByIssuer: 'https://bob.test' };

/** A tenant's versions: 1 is superseded, 2 is in force, and 3 and 4 have failed. */
const hidden: Readonly<Record<string, readonly number[]>> = {
  'the version in force': [2],
  'the version in force and the first': [1, 2],
  'one that has failed since': [3],
  'the newest': [4],
  'all that came later': [2, 3, 4],
  'every version': [1, 2, 3, 4],
};

type Call = (policy: RunningPolicy, tenantId: string) => Promise<unknown>;
const calls: Readonly<Record<string, Call>> = {
  'is read': (policy, id) => policy.get(id),
  'is changed': (policy, id) => policy.put(id, { ifMatch: 2, approval }, { fipsOnly: true }),
  'is rolled back': (policy, id) => policy.rollback(id, 1, { ifMatch: 2, approval }),
  'is disabled with its tenant': (policy, id) => policy.turn(id, 'disable'),
};

describe('a version of the policy that the database hides', () => {
  let policy: RunningPolicy;
  let tenantId: string;
  beforeAll(async () => {
    policy = await startPolicy();
    await policy.startInstance();
  });
  beforeEach(async () => {
    tenantId = await policy.tenant();
    await policy.put(tenantId, { ifMatch: 1 }, strict);
    policy.worker.behaviour = 'refuse';
    for (const minimumStrength of [128, 256])
      await errorOf(policy.put(tenantId, { ifMatch: 2 }, { ...strict, minimumStrength }));
    policy.worker.behaviour = 'apply';
    await eventually(() => expect(policy.audit.headsOf(tenantId).get('policy_version 4')).toBeDefined());
  });
  afterEach(async () => {
    policy.worker.behaviour = 'apply';
    await show();
  });
  afterAll(() => policy.stop());

  const hide = (versions: readonly number[]) =>
    policy.query(
      `CREATE POLICY hidden ON policy_version AS RESTRICTIVE FOR SELECT
       USING (tenant_id <> '${tenantId}' OR version <> ALL ('{${versions.join()}}'))`,
    );
  const show = () => policy.query('DROP POLICY IF EXISTS hidden ON policy_version');
  const states = async () => {
    const rows = await policy.query(
      `SELECT version, state FROM policy_version WHERE tenant_id = '${tenantId}' ORDER BY version`,
    );
    return rows.map(({ version, state }) => `${String(version)} ${String(state)}`);
  };
  const before = ['1 superseded', '2 active', '3 failed', '4 failed'];

  const cases = Object.keys(hidden).flatMap((what) => Object.keys(calls).map((call) => [call, what] as const));
  it.each(cases)('is missed when the policy %s: %s', async (call, what) => {
    await hide(hidden[what] as readonly number[]);
    expect(await errorOf((calls[call] as Call)(policy, tenantId))).toMatchObject({ code: 'record-outdated' });
    await show();
    expect(await states()).toEqual(before);
    expect(await policy.get(tenantId)).toMatchObject({ version: 2, ...strict, pendingVersion: null });
  });

  it('is the one that the next ends, or none comes into force', async () => {
    policy.worker.behaviour = 'fail';
    const change = policy.put(
      tenantId,
      { ifMatch: 2, approval, deadline: monotonicNow() + 2000 },
      { ...strict, minimumStrength: 256 },
    );
    expect(await errorOf(change)).toMatchObject({ code: 'policy-not-applied' });
    await hide([2]);
    policy.worker.behaviour = 'apply';
    expect(await errorOf(policy.put(tenantId, { ifMatch: 2, approval }))).toMatchObject({ code: 'record-outdated' });
    expect(policy.worker.enforced.get(tenantId)?.revision).toBe(2);
    expect(await states()).toEqual([...before, '5 pending']);
    await show();
    await eventually(async () =>
      expect(await states()).toEqual(['1 superseded', '2 superseded', '3 failed', '4 failed', '5 active']),
    );
  });
});
