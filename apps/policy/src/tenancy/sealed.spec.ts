import { randomUUID } from 'node:crypto';
import { initialPolicy } from '@ankasecure/policy-rules';
import { decidingOf, protectionOf, withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import { schema } from '../schema.js';
import { Tenant } from '../tenant/tenant.entity.js';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

let policy: RunningPolicy;
let instance: Awaited<ReturnType<RunningPolicy['startInstance']>>;
let id: string;
beforeAll(async () => {
  policy = await startPolicy();
  instance = await policy.startInstance();
});
beforeEach(async () => {
  id = await policy.tenant();
});
afterAll(() => policy.stop());

/** SQL of another value of a column, by its type. */
const otherValue: Readonly<Record<string, (column: string) => string>> = {
  uuid: () => `'${stranger}'`,
  text: (column) => `coalesce(${column}, '') || 'x'`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  boolean: (column) => `NOT ${column}`,
  timestamptz: (column) => `${column} + interval '1 second'`,
  jsonb: (column) => `${column} || '{"allowedAlgorithms": ["AES-256"]}'`,
  bytea: (column) => `${column} || '\\x00'`,
};
const stranger = randomUUID();

/** Loads a record of a tenant as every reader does. */
const load = (entity: typeof Tenant | typeof PolicyVersion, tenantId: string): Promise<unknown> => {
  const { dataSource } = instance.parts;
  return entity === Tenant
    ? dataSource.manager.findOneByOrFail(Tenant, { id: tenantId })
    : withTenant(dataSource, tenantId, (manager) => manager.findOneByOrFail(PolicyVersion, { tenantId }));
};

describe('whoever owns the policy service’s database', () => {
  it.each([Tenant, PolicyVersion])('cannot give any column of $name another value', async (entity) => {
    // Whoever owns the database obeys none of its rules.
    await policy.query(
      `DO $$ DECLARE rule record; BEGIN FOR rule IN SELECT conrelid::regclass AS of, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0
       LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', rule.of, rule.conname); END LOOP; END $$`,
    );
    const { tableName, columns } = instance.parts.dataSource.getMetadata(entity);
    const deciding = decidingOf(entity) ?? [];
    const owner = entity === Tenant ? 'id' : 'tenant_id';
    await policy.query(`CREATE TABLE kept_${tableName} AS SELECT * FROM ${tableName} WHERE ${owner} = '${id}'`);
    for (const { propertyName, databaseName, type } of columns) {
      const value = otherValue[String(type)]?.(databaseName);
      if (value === undefined) throw new Error(`${String(type)}: no other value`);
      const change = `UPDATE ${tableName} SET ${databaseName} = ${value} WHERE ${owner} = '${id}'`;
      await policy.query(`SET session_replication_role = replica; ${change}`);
      const loaded = load(entity, databaseName === owner ? stranger : id);
      if (deciding.includes(propertyName) || propertyName === 'seal')
        expect(await errorOf(loaded), databaseName).toMatchObject({ code: 'record-forged', retryable: false });
      else expect(await loaded, databaseName).toBeDefined();
      await policy.query(
        `SET session_replication_role = replica; DELETE FROM ${tableName} WHERE ${owner} IN ('${id}', '${stranger}');
         INSERT INTO ${tableName} SELECT * FROM kept_${tableName}`,
      );
    }
    expect(await load(entity, id)).toBeDefined();
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
      expect(old.eventsOf(tenantId)).toContainEqual(
        expect.objectContaining({
          operation: 'record.adopt',
          details: expect.objectContaining({ tenant: '1', policy_version: '1' }) as unknown,
        }),
      ),
    );
    await old.stopInstances();
    await old.query(`UPDATE policy_version SET seal = NULL WHERE tenant_id = '${tenantId}'`);
    await old.startInstance();
    expect(await errorOf(old.get(tenantId))).toMatchObject({ code: 'record-forged' });
    await old.stop();
  });
});
