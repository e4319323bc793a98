import { randomUUID } from 'node:crypto';
import { auditEvent } from '@ankasecure/contracts';
import { Outbox, withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceAccountRecord } from '../service-account/service-account.entity.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { tenantA } from '../testing/token.js';

let rig: Rig;
let gateway: Gateway | undefined;
let id: string;
beforeAll(async () => {
  rig = await startRig();
  rig.standIns.strict = true;
});
afterAll(() => rig.stop());
beforeEach(async () => {
  id = randomUUID();
  rig.standIns.adopts = false;
  rig.standIns.sealed.length = 0;
  await sql(
    `INSERT INTO tenant_partition (tenant_id, partition) VALUES ('${tenantA}', 'default') ON CONFLICT DO NOTHING`,
  );
  return async () => {
    await gateway?.stop();
    gateway = undefined;
    await sql('DELETE FROM service_account');
  };
});

const sql = (text: string) => rig.postgres.query('ankadb_gateway', text);
const start = async (): Promise<void> => {
  await gateway?.stop();
  gateway = await rig.gateway();
};
const insert = (): Promise<unknown> =>
  sql(`INSERT INTO service_account (tenant_id, id, name, roles, groups, keys, created_by)
    VALUES ('${tenantA}', '${id}', 'evil', '{tenant-admin}', '{}', '[{"kid": "1"}]', 'nobody')`);
const load = (): Promise<unknown> =>
  withTenant((gateway as Gateway).parts.dataSource, tenantA, (manager) =>
    manager.findOneBy(ServiceAccountRecord, { tenantId: tenantA, id }),
  );
const sealed = async (): Promise<unknown> =>
  (await sql(`SELECT seal IS NOT NULL AS sealed FROM service_account WHERE id = '${id}'`))[0]?.['sealed'];
const events = (operation: string) => rig.standIns.sealed.filter((event) => event.operation === operation);

/** What whoever owns the database does before a gateway starts. */
const tricks: Readonly<Record<string, () => Promise<unknown>>> = {
  'a row is inserted without a seal': insert,
  'a seal is removed': async () => {
    await start();
    const account = {
      tenantId: tenantA,
      id,
      name: 'honest',
      roles: ['user'],
      groups: [],
      keys: [{ kid: '1' }],
      createdBy: 'alice',
    };
    const event = auditEvent(
      { tenantId: tenantA, principal: 'alice', correlationId: 'spec' },
      { operation: 'identity.test' },
    );
    const { app, parts } = gateway as Gateway;
    await withTenant(parts.dataSource, tenantA, async (manager) => {
      await manager.insert(ServiceAccountRecord, account as never);
      await app.get(Outbox).write(manager, [event]);
    });
    expect(await sealed()).toBe(true);
    await sql(`UPDATE service_account SET seal = NULL, record_revision = NULL, roles = '{tenant-admin}'`);
  },
  'the list names another partition': async () => {
    await insert();
    await sql(`CREATE OR REPLACE FUNCTION unsealed_tenants() RETURNS TABLE (tenant_id uuid, partition text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT '${tenantA}'::uuid, 'north'::text $$`);
  },
};

describe('a record without a seal', () => {
  it('is sealed while an upgrade is under way, once, and put on record', async () => {
    await insert();
    rig.standIns.adopts = true;
    await start();
    expect(await sealed()).toBe(true);
    expect(await load()).toMatchObject({ id });
    await expect
      .poll(() => events('record.adopt'))
      .toMatchObject([{ tenantId: tenantA, userId: 'gateway', details: { service_account: '1' } }]);
    expect(rig.standIns.adopts).toBe(false);
    expect(events('record.reject')).toEqual([]);
  });

  it('ends the upgrade on the partition of the platform with a start that finds none', async () => {
    rig.standIns.adopts = true;
    await start();
    await expect.poll(() => rig.standIns.adopts).toBe(false);
  });

  it.each(Object.keys(tricks))(
    'is never sealed otherwise, and raises the alarm at the start, when %s',
    async (trick) => {
      await tricks[trick]?.();
      await start();
      await start();
      expect(await sealed()).toBe(false);
      await expect
        .poll(() => events('record.reject'))
        .toEqual(
          expect.arrayContaining([
            expect.objectContaining({
              tenantId: tenantA,
              failureCode: 'record-forged',
              details: expect.objectContaining({ kind: 'service_account', reason: 'missing-seal' }) as unknown,
            }),
          ]),
        );
      await expect(load()).rejects.toMatchObject({ code: 'record-forged' });
      expect(events('record.adopt')).toEqual([]);
    },
  );
});
