import { describe, expect, it } from 'vitest';
import { errorOf, eventually, startPolicy } from '../testing/running-policy.js';

/** What whoever owns the database does with a tenant's policy before a policy service starts. */
const tricks: Readonly<Record<string, (tenantId: string) => string>> = {
  'a row is inserted without a seal': (tenantId) => `
    UPDATE policy_version SET state = 'superseded' WHERE tenant_id = '${tenantId}';
    INSERT INTO policy_version SELECT (jsonb_populate_record(v, '{"version": 2, "state": "active", "seal": null, "record_revision": null}')).*
    FROM policy_version v WHERE tenant_id = '${tenantId}'`,
  'a seal is removed': (tenantId) => `
    UPDATE policy_version SET seal = NULL, record_revision = NULL, document = document || '{"fipsOnly": false}'
    WHERE tenant_id = '${tenantId}'`,
  'the list names another partition': (tenantId) => `
    UPDATE policy_version SET seal = NULL WHERE tenant_id = '${tenantId}';
    CREATE OR REPLACE FUNCTION unsealed_tenants() RETURNS TABLE (tenant_id uuid, partition text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT '${tenantId}'::uuid, 'north'::text $$`,
};

describe('a record without a seal, once no upgrade is under way', () => {
  it.each(Object.keys(tricks))('is never sealed, and raises the alarm at the start, when %s', async (trick) => {
    const old = await startPolicy();
    await old.startInstance();
    const tenantId = await old.tenant();
    await old.stopInstances();
    old.worker.adopting = false;
    await old.query(`SET session_replication_role = replica; ${tricks[trick]?.(tenantId)}`);
    const unsealed = `SELECT version FROM policy_version WHERE tenant_id = '${tenantId}' AND seal IS NULL`;
    const [{ version } = {}] = await old.query(unsealed);
    await old.startInstance();
    expect(await old.query(unsealed)).toEqual([{ version }]);
    await eventually(() =>
      expect(old.eventsOf(tenantId)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            operation: 'record.reject',
            details: expect.objectContaining({ kind: 'policy_version', reason: 'missing-seal' }) as unknown,
          }),
        ]),
      ),
    );
    expect(await errorOf(old.get(tenantId))).toMatchObject({ code: 'record-forged' });
    expect(old.eventsOf(tenantId).filter(({ operation }) => operation === 'record.adopt')).toEqual([]);
    await old.stop();
  });
});
