import { randomBytes, randomUUID } from 'node:crypto';
import type { RecordHead, RecordKind } from '@ankasecure/contracts';
import type { BusClient, Logger, RecordHistory } from '@ankasecure/service-kit';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertKey, startWorkerDatabase, type WorkerDatabase } from '../../testing/worker-database.js';
import type { CarryOut } from './carry-out.js';
import { OverdueAlarm } from './overdue-alarm.js';
import { OverdueWatch } from './overdue-watch.js';
import { type PlanKind, type Planned, plannedBy } from './planned.js';
import { PlanReader } from './read-plan.js';
import { TrailPlans } from './trail-plans.js';

let database: WorkerDatabase;
beforeAll(async () => {
  database = await startWorkerDatabase();
});
afterAll(() => database.stop());

let [tenantId, keyId] = ['', ''];
const sql = (text: string, parameters: unknown[] = []) =>
  database.superuser.query<{ key_id: string; version: number; state: string; revision: number }[]>(text, parameters);

/** How a plan of each kind is put on record, and what its end looks like. */
const plans: Readonly<Record<PlanKind, { plan: (when: string) => Promise<unknown>; table: string; end: string }>> = {
  destruction: {
    plan: (when) => sql(`UPDATE key_version SET state = 'DESTROY_SCHEDULED', destroy_at = now() ${when}`),
    table: 'key_version',
    end: `UPDATE key_version SET state = 'SUSPENDED', destroy_at = NULL`,
  },
  rotation: {
    plan: (when) =>
      sql(
        `INSERT INTO rotation_policy (tenant_id, key_id, interval, interval_seconds, next_at, set_by)
         VALUES ($1, $2, 'P1D', 86400, now() ${when}, 'x')`,
        [tenantId, keyId],
      ),
    table: 'rotation_policy',
    end: `UPDATE rotation_policy SET next_at = now() + interval '1 day'`,
  },
};
const kinds = Object.keys(plans) as PlanKind[];

beforeEach(async () => {
  [tenantId, keyId] = [randomUUID(), randomUUID()];
  await sql('TRUNCATE outbox, intent, key, tenant_policy CASCADE');
  await sql('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', [tenantId, '{}']);
  await insertKey(database.superuser, tenantId, keyId);
});
afterEach(async () => {
  for (const { table } of Object.values(plans)) await sql(`DROP POLICY IF EXISTS hiding ON ${table}`);
});

/** A watch, and a trail that names every record as it was when the watch began. */
const watching = async () => {
  const versions = await sql('SELECT key_id, version, state, revision FROM key_version');
  const policies = await sql('SELECT key_id FROM rotation_policy');
  const head = (kind: RecordKind, id: string, revision: number, state: string | null): RecordHead => ({
    ...{ kind, id, revision, state, seq: 1, digest: 'A'.repeat(43) },
  });
  const heads = [
    ...versions.map((row) => head('key_version', `${row.key_id}/${row.version}`, row.revision, row.state)),
    ...policies.map((row) => head('rotation_policy', row.key_id, 1, null)),
  ];
  const trail = { lists: 0, away: false };
  const bus = {
    request: async (_: unknown, __: unknown, ___: unknown, { kind }: { kind: RecordKind }) => {
      if (trail.away) throw new Error('away');
      trail.lists++;
      return { heads: heads.filter((head) => head.kind === kind), complete: true };
    },
  } as unknown as BusClient;
  const positions = { all: new Map([[tenantId, 1]]), of: () => 1 };
  const alarms: object[] = [];
  const log = { error: (fields: object) => alarms.push(fields), warn: () => undefined } as unknown as Logger;
  const done: Planned[] = [];
  const registry = new Registry();
  const carryOut = { carryOut: async (one: Planned) => void done.push(one) } as unknown as CarryOut;
  const watch = new OverdueWatch(
    new TrailPlans(bus, { positions } as unknown as RecordHistory),
    new PlanReader(database.dataSource),
    carryOut,
    new OverdueAlarm(log, registry),
    log,
  );
  const round = () => (watch as unknown as { round: () => Promise<void> }).round();
  const overdue = async () => {
    const { values } = (await registry.getSingleMetric('ankasecure_key_overdue')?.get()) ?? { values: [] };
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels['kind']), value]));
  };
  return { trail, round, alarms, done, overdue };
};

describe.each(kinds)('a %s that the trail plans', (kind) => {
  const { plan, table, end } = plans[kind];
  const none = { destruction: 0, rotation: 0 };

  it('is carried out by its sealed record if the database does not list it, and raises the alarm once if that does not help', async () => {
    await plan(`- interval '10 minutes'`);
    const { round, alarms, done, overdue } = await watching();
    await round();
    expect(done).toMatchObject([{ kind, tenantId, keyId }]);
    expect(await overdue()).toEqual(none);
    for (let more = 0; more < 3; more++) await round();
    expect(alarms).toMatchObject([{ alarm: 'key-overdue', kind, tenantId, keyId }]);
    expect(await overdue()).toEqual({ ...none, [kind]: 1 });
    await sql(end);
    await round();
    expect(await overdue()).toEqual(none);
  });

  it.each([
    ['to come', `+ interval '30 days'`],
    ['late by less than is looked into', `- interval '1 minute'`],
  ])('is left alone while it is %s, and costs nothing', async (_, when) => {
    await plan(when);
    const { round, alarms, done, overdue, trail } = await watching();
    for (let one = 0; one < 3; one++) await round();
    expect([alarms, done, await overdue(), trail.lists]).toEqual([[], [], none, 2]);
  });

  it('raises the alarm if its row is hidden from every query', async () => {
    await plan(`+ interval '30 days'`);
    const { round, alarms, done, overdue } = await watching();
    await sql(`CREATE POLICY hiding ON ${table} AS RESTRICTIVE FOR SELECT USING (false)`);
    for (let one = 0; one < 3; one++) await round();
    expect(alarms).toMatchObject([{ kind, keyId }]);
    expect([done, await overdue()]).toEqual([[], { ...none, [kind]: 1 }]);
  });

  it('is found in one of many rounds although the trail is not read in some', async () => {
    await plan(`- interval '10 minutes'`);
    const { round, done, trail } = await watching();
    trail.away = true;
    await round();
    expect(done).toEqual([]);
    trail.away = false;
    await round();
    expect(done).toHaveLength(1);
  });
});

it('destroys nothing late of a disabled tenant, and rotates no key that is not active', async () => {
  await plans.rotation.plan(`- interval '10 minutes'`);
  await sql(`UPDATE key_version SET state = 'SUSPENDED'`);
  await sql(
    `INSERT INTO key_version (tenant_id, key_id, version, state, destroy_at, custody, partition, token_label, token_serial, object_id)
     VALUES ($1, $2, 2, 'DESTROY_SCHEDULED', now() - interval '1 hour', 'token', 'default', 't', 's', $3)`,
    [tenantId, keyId, randomBytes(16)],
  );
  await sql('UPDATE tenant_policy SET disabled_at = now()');
  const { round, alarms, done } = await watching();
  for (let one = 0; one < 3; one++) await round();
  expect([alarms, done]).toEqual([[], []]);
});

it('is planned by records that exist and wait, and by no others', () => {
  const head = (kind: RecordKind, id: string, state: string | null, digest: string | null): RecordHead => ({
    ...{ kind, id, state, digest, seq: 1, revision: 7 },
  });
  const heads = [
    head('key_version', 'k/3', 'DESTROY_SCHEDULED', 'A'),
    head('key_version', 'k/4', 'DESTROY_SCHEDULED', null),
    ...['PRE_ACTIVE', 'ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED', 'DESTROYED', null].map((state) =>
      head('key_version', 'k/5', state, 'A'),
    ),
    head('rotation_policy', 'k', null, 'A'),
    head('rotation_policy', 'gone', null, null),
    head('key', 'k', 'DESTROY_SCHEDULED', 'A'),
  ];
  expect(plannedBy('t', heads)).toEqual([
    { kind: 'destruction', tenantId: 't', keyId: 'k', version: 3, revision: 7 },
    { kind: 'rotation', tenantId: 't', keyId: 'k', version: 0, revision: 7 },
  ]);
});
