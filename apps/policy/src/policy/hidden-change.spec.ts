import { monotonicNow } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

/** Statements that do not see a version, or not in one of its states; by their text. */
const lies: Readonly<Record<string, string>> = {
  'the count of attempts': `FOR UPDATE USING (NOT current_query() LIKE 'UPDATE%attempts%')`,
  'every update': `FOR UPDATE USING (NOT current_query() LIKE 'UPDATE%')`,
  'updates of a pending version': `FOR UPDATE USING (state <> 'pending' OR NOT current_query() LIKE 'UPDATE%')`,
  'locks of a pending version': `FOR UPDATE USING (state <> 'pending' OR NOT current_query() LIKE 'SELECT%')`,
  'queries for a state': `FOR SELECT USING (state <> 'pending' OR NOT current_query() LIKE '%"state" =%')`,
  'queries for a number': `FOR SELECT USING (state <> 'pending' OR NOT current_query() LIKE '%"version" =%')`,
  'every query of a pending version': `FOR SELECT USING (state <> 'pending' OR current_query() LIKE 'INSERT%')`,
  'every query but those that lock': `FOR SELECT USING (state <> 'pending' OR current_query() LIKE '%FOR UPDATE%')`,
};

/** A tenant's changes, by the version that each stores. The tenant is as `before` has left it, with the version before. */
interface Change {
  readonly before?: Call;
  readonly version: number;
  readonly make: Call;
}
type Call = (policy: RunningPolicy, tenantId: string, deadline: number) => Promise<unknown>;
const changes: Readonly<Record<string, Change>> = {
  'disabling the tenant': { version: 2, make: (policy, id, deadline) => policy.turn(id, 'disable', { deadline }) },
  'enabling the tenant': {
    before: (policy, id) => policy.turn(id, 'disable'),
    version: 3,
    make: (policy, id, deadline) => policy.turn(id, 'enable', { deadline }),
  },
  'putting a policy': {
    version: 2,
    make: (policy, id, deadline) => policy.put(id, { ifMatch: 1, deadline }, { fipsOnly: true }),
  },
  'turning dual control on': {
    version: 2,
    make: (policy, id, deadline) => policy.put(id, { ifMatch: 1, deadline }, { dualControl: ['destroy'] }),
  },
  'a rollback': {
    before: (policy, id) => policy.put(id, { ifMatch: 1 }, { fipsOnly: true }),
    version: 3,
    make: (policy, id, deadline) => policy.rollback(id, 1, { ifMatch: 2, deadline }),
  },
};

describe('a change that the database hides from', () => {
  let policy: RunningPolicy;
  beforeAll(async () => {
    policy = await startPolicy();
    await policy.startInstance();
  });
  const show = () => policy.query('DROP POLICY IF EXISTS hidden ON policy_version');
  afterEach(show);
  afterAll(() => policy.stop());

  const stateOf = async (tenantId: string, version: number): Promise<unknown> => {
    const [row] = await policy.query(
      `SELECT state FROM policy_version WHERE tenant_id = '${tenantId}' AND version = ${version}`,
    );
    return row?.['state'];
  };
  const revisionOf = (tenantId: string): number => policy.worker.enforced.get(tenantId)?.revision ?? 0;

  const cases = Object.keys(lies).flatMap((lie) => Object.keys(changes).map((change) => [lie, change] as const));
  it.each(cases)('%s is answered as done only once it is in force: %s', async (lie, name) => {
    const { before, version, make } = changes[name] as Change;
    const tenantId = await policy.tenant();
    await before?.(policy, tenantId, monotonicNow() + 60_000);
    await eventually(() => expect(policy.eventsOf(tenantId)).not.toHaveLength(0));
    await policy.query(`CREATE POLICY hidden ON policy_version AS RESTRICTIVE ${lies[lie]}`);
    const answered = await make(policy, tenantId, monotonicNow() + 2500).then(
      () => ({ done: true, retryable: undefined }),
      ({ retryable }: { retryable?: boolean }) => ({ done: false, retryable }),
    );
    if (answered.done) {
      expect(revisionOf(tenantId)).toBe(version);
      expect(await stateOf(tenantId, version)).toBe('active');
    } else expect(answered.retryable).toBeDefined();
    await show();
    if ((await stateOf(tenantId, version)) === undefined) return;
    await make(policy, tenantId, monotonicNow() + 60_000).catch(() => undefined);
    await eventually(async () => expect(await stateOf(tenantId, version)).toBe('active'));
    expect(revisionOf(tenantId)).toBe(version);
  });
});

describe('a new tenant whose first version the database hides from', () => {
  let policy: RunningPolicy;
  beforeAll(async () => {
    policy = await startPolicy();
    await policy.startInstance();
  });
  afterEach(() => policy.query('DROP POLICY IF EXISTS hidden ON policy_version'));
  afterAll(() => policy.stop());

  it.each(Object.keys(lies))('%s is answered as made only once its policy is in force', async (lie) => {
    await policy.query(`CREATE POLICY hidden ON policy_version AS RESTRICTIVE ${lies[lie]}`);
    const made = await policy
      .create(`new-${Object.keys(lies).indexOf(lie)}`, { deadline: monotonicNow() + 2500 })
      .catch(() => undefined);
    if (made !== undefined) expect(policy.worker.enforced.get(made.id)?.revision).toBe(1);
  });
});
