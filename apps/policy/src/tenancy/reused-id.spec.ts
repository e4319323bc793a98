import { randomUUID } from 'node:crypto';
import { newId } from '@ankasecure/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

let policy: RunningPolicy;
beforeAll(async () => {
  policy = await startPolicy();
  await policy.startInstance();
});
afterAll(() => policy.stop());

/** Whoever owns the database obeys none of its rules. */
const asOwner = (sql: string) => policy.query(`SET session_replication_role = replica; ${sql}`);
const slugOf = () => `t-${randomUUID()}`;

it.each([['tenant', 'policy_version'], ['tenant']])(
  'gives the id of a tenant whose rows were lost to no other: %s',
  async (...lost) => {
    const id = newId();
    await policy.create(slugOf(), { resourceId: id });
    await eventually(() => expect(policy.audit.headsOf(id).get(`tenant ${id}`)).toMatchObject({ state: 'active' }));
    await asOwner(
      lost.map((table) => `DELETE FROM ${table} WHERE ${table === 'tenant' ? 'id' : 'tenant_id'} = '${id}'`).join(';'),
    );
    for (const principal of ['alice', 'bob'])
      expect(await errorOf(policy.create(slugOf(), { resourceId: id, principal }))).toMatchObject({
        code: 'record-outdated',
        retryable: false,
      });
    expect((await policy.create(slugOf(), { resourceId: newId() })).id).not.toBe(id);
  },
);
