import { initialPolicy } from '@ankasecure/policy-rules';
import { decidingOf, protectionOf } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import { schema } from '../schema.js';
import { Tenant } from '../tenant/tenant.entity.js';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

let policy: RunningPolicy;
let id: string;
beforeAll(async () => {
  policy = await startPolicy();
  await policy.startInstance();
});
beforeEach(async () => {
  id = await policy.tenant();
});
afterAll(() => policy.stop());

/** Another value of each deciding column of a tenant and of its policy, as SQL. */
const forgeries: readonly (readonly [table: string, column: string, value: string])[] = [
  ['tenant', 'name', `name || 'x'`],
  ['tenant', 'partition', `'another'`],
  ['tenant', 'state', `'disabled'`],
  ['tenant', 'created_at', `created_at + interval '1 s'`],
  ['tenant', 'slug', `slug || 'x'`],
  ['policy_version', 'document', `document || '{"allowedAlgorithms": ["AES-256"]}'`],
  ['policy_version', 'disabled', 'true'],
  ['policy_version', 'reason', `'x'`],
  ['policy_version', 'changed_by', `'mallory'`],
  ['policy_version', 'changed_by_issuer', `'https://mallory.test'`],
  ['policy_version', 'changed_at', `changed_at - interval '1 day'`],
  ['policy_version', 'restores', '1'],
  ['policy_version', 'correlation_id', `'x'`],
  ['policy_version', 'version', '7'],
];

describe('whoever owns the policy service’s database', () => {
  it.each(forgeries)('cannot make %s.%s say anything else', async (table, column, value) => {
    const where = table === 'tenant' ? `id = '${id}'` : `tenant_id = '${id}'`;
    await policy.query(`UPDATE ${table} SET ${column} = ${value} WHERE ${where}`);
    const read = table === 'tenant' ? policy.readTenant(id) : policy.get(id);
    expect(await errorOf(read)).toMatchObject({ code: 'record-forged', retryable: false });
  });

  it('cannot remove a seal, nor give a tenant the policy of another', async () => {
    await policy.query(`UPDATE policy_version SET seal = NULL WHERE tenant_id = '${id}'`);
    expect(await errorOf(policy.get(id))).toMatchObject({ code: 'record-forged' });
    const [one, other] = [await policy.tenant(), await policy.tenant()];
    await policy.put(other, { ifMatch: 1 }, { fipsOnly: true });
    await policy.query(
      `UPDATE policy_version SET (document, seal) = (SELECT document, seal FROM policy_version WHERE tenant_id = '${other}' AND version = 1)
       WHERE tenant_id = '${one}'`,
    );
    expect(await errorOf(policy.get(one))).toMatchObject({ code: 'record-forged' });
    await eventually(() =>
      expect(policy.eventsOf(one).at(-1)).toMatchObject({
        operation: 'record.reject',
        details: { kind: 'policy_version' },
      }),
    );
  });

  it('cannot have a change decided on a forged policy', async () => {
    const strict = { fipsOnly: true, dualControl: ['destroy' as const] };
    await policy.put(id, { ifMatch: 1 }, strict);
    await policy.query(
      `UPDATE policy_version SET document = document - 'dualControl' WHERE tenant_id = '${id}' AND state = 'active'`,
    );
    expect(await errorOf(policy.put(id, { ifMatch: 2 }, {}))).toMatchObject({ code: 'record-forged' });
    expect(policy.worker.enforced.get(id)).toMatchObject({ revision: 2, document: { ...initialPolicy, ...strict } });
  });

  it('finds every table and column declared', () => {
    expect(schema.entities.filter((entity) => protectionOf(entity as never) === undefined)).toEqual([]);
    expect(schema.entities.filter((entity) => decidingOf(entity as never) !== undefined)).toEqual(
      expect.arrayContaining([Tenant, PolicyVersion]),
    );
  });
});

describe('records of an older release', () => {
  it('are sealed once, at the first start, and on record', async () => {
    const old = await startPolicy();
    await old.startInstance();
    const tenantId = await old.tenant();
    await old.stopInstances();
    const unseal = `UPDATE tenant SET seal = NULL; UPDATE policy_version SET seal = NULL`;
    await old.query(unseal);
    old.worker.adopting = true;
    await old.startInstance();
    expect(await old.get(tenantId)).toMatchObject({ version: 1 });
    await eventually(() =>
      expect(old.eventsOf(tenantId).at(-1)).toMatchObject({
        operation: 'record.adopt',
        details: { tenant: '1', policy_version: '1' },
      }),
    );
    await old.stopInstances();
    await old.query(`UPDATE policy_version SET seal = NULL WHERE tenant_id = '${tenantId}'`);
    await old.startInstance();
    expect(await errorOf(old.get(tenantId))).toMatchObject({ code: 'record-forged' });
    await old.stop();
  });
});
