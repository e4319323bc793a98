import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';

const everythingTo = (tenantId: string, partition: string): string =>
  `CREATE OR REPLACE FUNCTION unsealed_tenants() RETURNS TABLE (tenant_id uuid, partition text)
   LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
   AS $$ SELECT '${tenantId}'::uuid, '${partition}'::text $$`;

/** Somebody who owns the databases writes records without a seal, and has the services start again. */
describe('records without a seal, on new tokens of two partitions', () => {
  let rig: OwnRig;
  let tenant: Tenant;
  beforeAll(async () => {
    rig = await startOwnRig({ workers: 1, partitions: ['north'] });
    tenant = await newTenant(rig);
  });
  afterAll(() => rig.stop());

  const rejectedBy = (service: string): Promise<unknown> =>
    eventually(`the alarm of ${service}`, async () =>
      (
        await rig.query(
          'ankadb_audit',
          `SELECT details::jsonb AS details FROM sealed_event WHERE tenant_id = $1 AND operation = 'record.reject' AND user_id = $2`,
          [tenant.id, service],
        )
      ).at(0),
    );

  it('find every mark on both tokens', async () => {
    for (const [partition, token] of Object.entries({ default: rig.stack.hsm, ...rig.stack.partitions })) {
      const labels = (await tokenObjects(token)).map(({ label }) => label);
      for (const service of ['gateway', 'policy', 'crypto-worker'])
        expect(labels).toContain(`ankasecure:records-adopted:${partition}:${service}`);
      expect(labels.filter((label) => label.includes('records-adopting'))).toEqual([]);
    }
  });

  it.each(['default', 'north'])('are never sealed and raise the alarm, when the lists name %s', async (partition) => {
    const id = randomUUID();
    await rig.query(
      'ankadb_gateway',
      `INSERT INTO service_account (tenant_id, id, name, roles, groups, keys, created_by)
       VALUES ($1, $2, $3, '{tenant-admin}', '{}', '[{"kid": "1"}]', 'nobody')`,
      [tenant.id, id, `evil ${partition}`],
    );
    await rig.query(
      'ankadb_policy',
      `UPDATE policy_version SET seal = NULL, record_revision = NULL WHERE tenant_id = $1`,
      [tenant.id],
    );
    for (const database of ['ankadb_gateway', 'ankadb_policy'] as const)
      await rig.query(database, everythingTo(tenant.id, partition));
    for (const name of ['crypto-worker-1', 'policy', 'gateway']) await rig.stack.restart(name);
    expect(await rejectedBy('gateway')).toMatchObject({ details: { reason: 'missing-seal' } });
    expect(await rejectedBy('policy')).toMatchObject({ details: { reason: 'missing-seal' } });
    const sealed = async (database: 'ankadb_gateway' | 'ankadb_policy', table: string) =>
      (
        await rig.query(database, `SELECT count(seal)::int AS sealed FROM ${table} WHERE tenant_id = $1`, [tenant.id])
      )[0];
    expect(await sealed('ankadb_gateway', 'service_account')).toEqual({ sealed: 0 });
    expect(await sealed('ankadb_policy', 'policy_version')).toEqual({ sealed: 0 });
    expect(await rig.query('ankadb_audit', `SELECT 1 FROM sealed_event WHERE operation = 'record.adopt'`)).toEqual([]);
  });
});
