import { randomUUID } from 'node:crypto';
import { AnkaError, platformTenantId } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MacSource } from '../../mac/mac-source.js';
import { ForgedTrail } from '../../testing/forged-trail.js';
import { database, eventsOf, type RunningAudit, startAudit } from '../../testing/running-audit.js';
import { TrailSql } from '../../testing/trail-sql.js';
import type { Outcome } from '../connector.js';
import { ConnectorKinds } from '../kind/connector-kinds.js';
import type { ConnectorRecord } from '../store/connector.entity.js';
import { advanceLane, claimLane, type Hold, releaseLane } from '../store/cursor.sql.js';
import { anySettings, configure, nameRecord, recordOf, storeRecord } from '../testing/configured-connector.js';
import { ScriptedConnector } from '../testing/scripted-connector.js';
import { deliverSlice } from './deliver-lane.js';
import { freshLane } from './next-step.js';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('the delivery of sealed events', () => {
  let audit: RunningAudit;
  let tenantId: string;
  /** The receivers, by the URL of their connectors. */
  const receivers = new Map<string, ScriptedConnector>();
  const configured: ConnectorRecord[] = [];
  beforeAll(async () => {
    audit = await startAudit();
    vi.spyOn(ConnectorKinds.prototype, 'open').mockImplementation(async ({ settings }) => {
      return ('url' in settings ? receivers.get(settings.url) : undefined) ?? expect.unreachable();
    });
  });
  afterAll(async () => {
    await audit.stop();
    vi.restoreAllMocks();
  });
  beforeEach(() => {
    tenantId = randomUUID();
  });
  afterEach(async () => {
    // Connectors that a test leaves behind do not deliver in the next one.
    for (const record of configured.splice(0))
      await configure(audit, recordOf(record.tenantId, { id: record.id, enabled: false }));
  });

  const receiverOf = (): [url: string, receiver: ScriptedConnector] => {
    const url = `https://${randomUUID()}.test`;
    const receiver = new ScriptedConnector();
    receivers.set(url, receiver);
    return [url, receiver];
  };
  const connect = async (owner = tenantId, over: Partial<ConnectorRecord> = {}) => {
    const [url, receiver] = receiverOf();
    const record = await configure(audit, recordOf(owner, { settings: { ...anySettings, url }, ...over }));
    configured.push(record);
    return { record, receiver };
  };
  const rows = (sql: string) => audit.postgres.query(database, sql);
  const cursorOf = async ({ id }: ConnectorRecord, of = tenantId) =>
    (
      await rows(`SELECT seq::int, paused, last_error, retry_at, lease_holder FROM connector_cursor
      WHERE tenant_id = '${of}' AND connector_id = '${id}'`)
    )[0];
  const deadOf = async ({ id }: ConnectorRecord) =>
    (await rows(`SELECT seq::int, reason FROM dead_letter WHERE connector_id = '${id}' ORDER BY seq`)).map(
      (row) => row['seq'],
    );

  it('is in order, complete and made by one process at a time', async () => {
    await audit.append(eventsOf(tenantId, 20));
    const { record, receiver } = await connect();
    let inFlight = 0;
    receiver.script = async () => {
      expect(++inFlight).toBe(1);
      await new Promise((done) => setTimeout(done, 20));
      inFlight--;
      return { result: 'delivered' };
    };
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(21));
    await audit.append(eventsOf(tenantId, 30));
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(51));
    await expect
      .poll(() => cursorOf(record))
      .toMatchObject({ seq: 51, paused: false, last_error: null, lease_holder: null });
    const { items } = await audit.query(tenantId, { order: 'asc', limit: 60 });
    expect(receiver.taken.get(tenantId)).toEqual(
      items.map((item) => ({ ...item, sealedAt: expect.stringContaining(item.sealedAt.slice(0, -1)) as string })),
    );
  });

  it('is counted, and so is what waits', async () => {
    const { receiver, record } = await connect();
    await audit.append(eventsOf(tenantId, 3));
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(4));
    const metric = async (line: string): Promise<number> => {
      const pages = await Promise.all(audit.instances.map(({ health }) => health.registry.metrics()));
      const values = pages.flatMap((page) => page.split('\n')).filter((one) => one.startsWith(line));
      return values.reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0);
    };
    const of = `{connector="${record.id}"`;
    await expect.poll(() => metric(`ankasecure_connector_events_total${of},outcome="delivered"`)).toBe(4);
    expect(await metric(`ankasecure_connector_events_total${of},outcome="dead-letter"`)).toBe(0);
    expect(await metric(`ankasecure_connector_lag_events${of}`)).toBe(0);
    receiver.script = () => ({ result: 'pause', reason: 'HTTP 401' });
    await audit.append(eventsOf(tenantId, 2));
    // Both processes show what the database says.
    await expect.poll(() => metric(`ankasecure_connector_paused_tenants${of}`)).toBe(2);
    expect(await metric(`ankasecure_connector_lag_events${of}`)).toBe(4);
  });

  it('of the platform’s connector covers the events of every tenant', async () => {
    const other = randomUUID();
    await audit.append([...eventsOf(tenantId, 3), ...eventsOf(other, 2)]);
    const { receiver } = await connect(platformTenantId);
    await expect.poll(() => [receiver.seqsOf(tenantId), receiver.seqsOf(other)]).toEqual([upTo(3), upTo(2)]);
    await expect.poll(() => receiver.seqsOf(platformTenantId).length).toBeGreaterThan(0);
  });

  it('of a tenant’s connector covers no other tenant’s events', async () => {
    const { receiver } = await connect();
    await audit.append([...eventsOf(randomUUID(), 3), ...eventsOf(tenantId, 3)]);
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(4));
    expect([...receiver.taken.keys()]).toEqual([tenantId]);
  });

  it('tries again what a receiver does not take, and keeps the order', async () => {
    const { receiver, record } = await connect();
    let failures = 2;
    receiver.script = () => (failures-- > 0 ? { result: 'retry', reason: 'HTTP 503' } : { result: 'delivered' });
    await audit.append(eventsOf(tenantId, 5));
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(6));
    expect(await deadOf(record)).toEqual([]);
  });

  it('goes around events that are refused for good, and keeps each as a dead letter', async () => {
    await audit.append(eventsOf(tenantId, 40));
    const { receiver, record } = await connect();
    const bad = [2, 17, 18, 40];
    receiver.script = (seqs): Outcome =>
      seqs.some((seq) => bad.includes(seq)) ? { result: 'poison', reason: 'bad \0 field' } : { result: 'delivered' };
    await expect.poll(() => cursorOf(record)).toMatchObject({ seq: 41 });
    expect(receiver.seqsOf(tenantId)).toEqual(upTo(41).filter((seq) => !bad.includes(seq)));
    expect(await deadOf(record)).toEqual(bad);
  });

  it('writes a dead letter and moves the cursor together, or neither', async () => {
    await audit.append(eventsOf(tenantId, 3));
    const { receiver, record } = await connect(tenantId, { enabled: false });
    receiver.script = () => ({ result: 'items', items: [{ result: 'poison', reason: 'bad' }] });
    receiver.limits = { events: 1, bytes: 1024 };
    await audit.tamper(`ALTER TABLE dead_letter ADD CONSTRAINT none CHECK (connector_id <> '${record.id}') NOT VALID`);
    await configure(audit, recordOf(tenantId, { id: record.id, settings: record.settings }));
    await expect.poll(() => receiver.sent.get(tenantId)?.length ?? 0).toBeGreaterThan(1);
    expect([await cursorOf(record), await deadOf(record)]).toMatchObject([{ seq: 0 }, []]);
    await audit.tamper('ALTER TABLE dead_letter DROP CONSTRAINT none');
    receiver.script = ([seq]) =>
      seq === 1 ? { result: 'items', items: [{ result: 'poison', reason: 'bad' }] } : { result: 'delivered' };
    await expect.poll(() => cursorOf(record)).toMatchObject({ seq: 5 });
    expect(await deadOf(record)).toEqual([1]);
  });

  it('pauses on a fault of the settings, and goes on when they have changed', async () => {
    const { receiver, record } = await connect();
    receiver.script = () => ({ result: 'pause', reason: 'HTTP 401' });
    await audit.append(eventsOf(tenantId, 3));
    await expect.poll(() => cursorOf(record)).toMatchObject({ seq: 0, paused: true, last_error: 'HTTP 401' });
    const attempts = receiver.sent.get(tenantId)?.length;
    receiver.script = () => ({ result: 'delivered' });
    await audit.append(eventsOf(tenantId, 3));
    await new Promise((done) => setTimeout(done, 2500));
    expect([receiver.sent.get(tenantId)?.length, await deadOf(record)]).toEqual([attempts, []]);
    await rows(`SELECT wake_connector('${platformTenantId}', '${tenantId}', '${record.id}')`);
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(7));
    await expect.poll(() => cursorOf(record)).toMatchObject({ paused: false, last_error: null });
  });

  it('through one connector waits for no other', async () => {
    const hung = await connect();
    const well = await connect();
    const other = randomUUID();
    hung.receiver.script = (_, signal) =>
      new Promise((done) =>
        signal.addEventListener('abort', () => done({ result: 'retry', reason: 'ended' }), { once: true }),
      );
    await audit.append([...eventsOf(tenantId, 3), ...eventsOf(other, 3)]);
    await expect.poll(() => well.receiver.seqsOf(tenantId)).toEqual(upTo(5));
    await expect.poll(() => hung.receiver.sent.get(tenantId)?.length).toBe(1);
    await audit.append(eventsOf(tenantId, 3));
    await expect.poll(() => well.receiver.seqsOf(tenantId)).toEqual(upTo(8));
    // A delivery in progress keeps its lease, however long it takes.
    expect(await cursorOf(hung.record)).toMatchObject({ lease_holder: expect.any(String) as string });
    await rows(`UPDATE connector_cursor SET lease_holder = '${randomUUID()}', lease_until = now() + interval '1 hour'
      WHERE connector_id = '${hung.record.id}'`);
    await expect.poll(() => hung.receiver.sent.get(tenantId)?.length).toBe(1);
  });

  it('goes on within ten seconds when the process that has the lane is gone', async () => {
    await audit.append(eventsOf(tenantId, 3));
    const { receiver, record } = await connect(tenantId, { enabled: false });
    const gone = randomUUID();
    const [{ hash } = expect.unreachable()] = await rows(
      `SELECT encode(previous_hash, 'hex') AS hash FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq = 1`,
    );
    await rows(`INSERT INTO connector_cursor (tenant_id, connector_id, seq, hash, sealed_at, lease_holder, lease_until, paused)
      VALUES ('${tenantId}', '${record.id}', 0, decode('${String(hash)}', 'hex'), 0, '${gone}', clock_timestamp() + interval '6 seconds', false)`);
    const begun = rows(`SELECT clock_timestamp() AS at`);
    await configure(audit, recordOf(tenantId, { id: record.id, settings: record.settings }));
    await expect.poll(() => cursorOf(record)).toMatchObject({ seq: 5 });
    const [{ waited } = expect.unreachable()] = await rows(
      `SELECT extract(epoch FROM tried_at - '${((await begun)[0]?.['at'] as Date).toISOString()}')::float8 AS waited
       FROM connector_cursor WHERE connector_id = '${record.id}'`,
    );
    expect(waited).toBeGreaterThan(5);
    expect(receiver.seqsOf(tenantId)).toEqual(upTo(5));
  });

  it('makes nothing of a lane that was listed before another process delivered it, or found that it must wait', async () => {
    const { receiver, record } = await connect();
    await audit.append(eventsOf(tenantId, 2));
    await expect.poll(() => cursorOf(record)).toMatchObject({ seq: 3, lease_holder: null });
    const { dataSource, app } = audit.instances[0] ?? expect.unreachable();
    const hold: Hold = [tenantId, record.id, randomUUID()];
    // Either process may have the lane for the moment.
    const start = await vi.waitFor(async () => (await claimLane(dataSource, hold)) ?? expect.unreachable(), 300_000);
    const parts = { dataSource, macs: app.get(MacSource), random: Math.random };
    const listed = { tenantId, owner: tenantId, connectorId: record.id, head: 2 };
    const { signal } = new AbortController();
    const held = { lane: listed, hold, start, state: freshLane, signal, until: Number.POSITIVE_INFINITY };
    // Without rows, no seal was proved: what the database tells of earlier ones is not sent again.
    const sent = receiver.sent.get(tenantId)?.length;
    receiver.prepare = async () => ({ repeat: 2, done: () => undefined });
    expect(await deliverSlice(parts, receiver, held)).toMatchObject({ delivered: 0, differs: false, fault: null });
    expect(receiver.sent.get(tenantId)?.length).toBe(sent);
    expect(await cursorOf(record)).toMatchObject({ seq: 3, paused: false, last_error: null });
    const wait = { dead: [], waitMs: 60_000, fault: 'HTTP 503', isPaused: false };
    expect([await advanceLane(dataSource, hold, wait), await releaseLane(dataSource, hold)]).toEqual([true, true]);
    expect(await claimLane(dataSource, hold)).toBeUndefined();
  });

  it('does not move the cursor for a process whose lease is over', async () => {
    const { receiver, record } = await connect();
    const other = randomUUID();
    receiver.script = async () => {
      await rows(`UPDATE connector_cursor SET lease_holder = '${other}', lease_until = now() + interval '1 hour'
        WHERE connector_id = '${record.id}'`);
      return { result: 'delivered' };
    };
    await audit.append(eventsOf(tenantId, 1));
    await expect.poll(() => cursorOf(record)).toMatchObject({ lease_holder: other });
    await expect.poll(() => receiver.sent.get(tenantId)?.length).toBe(1);
    expect(await cursorOf(record)).toMatchObject({ seq: 0, lease_holder: other });
  });

  it('sends the last events again on a new connection, and only then', async () => {
    await audit.append(eventsOf(tenantId, 20));
    const { receiver, record } = await connect();
    let isNew = true;
    receiver.prepare = async () => (isNew ? { repeat: 5, done: () => (isNew = false) } : 'ready');
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(21));
    await audit.append(eventsOf(tenantId, 2));
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(23));
    isNew = true;
    await audit.append(eventsOf(tenantId, 1));
    await expect.poll(() => receiver.seqsOf(tenantId)).toEqual([...upTo(23), 19, 20, 21, 22, 23, 24]);
    receiver.prepare = async () => ({ outcome: { result: 'pause', reason: 'no connection' } });
    await audit.append(eventsOf(tenantId, 1));
    await expect.poll(() => cursorOf(record)).toMatchObject({ seq: 24, paused: true, last_error: 'no connection' });
  });

  describe('of a trail that the database’s owner has changed', () => {
    const sql = () => new TrailSql(tenantId);

    it.each([
      ['content', () => sql().set('user_id', `'mallory'`, 3)],
      ['a hash', () => sql().flip('hash', 2)],
      ['a MAC', () => sql().flip('hmac', 2)],
      ['the order', () => sql().swap(2, 3)],
      ['a missing row', () => sql().delete(2)],
      ['a seal', () => sql().flip('chain_seal', 3)],
    ])('stops before %s', async (_, change) => {
      const { receiver, record } = await connect(platformTenantId, { enabled: false });
      await audit.append(eventsOf(tenantId, 3));
      await audit.tamper(change());
      await enable(record);
      await expect.poll(() => cursorOf(record)).toMatchObject({ seq: 0, paused: true });
      expect((await cursorOf(record))?.['last_error']).toContain('not the one that was sealed');
      expect(receiver.sent.get(tenantId)).toBeUndefined();
    });

    const enable = (record: ConnectorRecord) =>
      configure(audit, recordOf(platformTenantId, { id: record.id, settings: record.settings }));

    it('stops before rows with recomputed hashes, which no HSM has sealed', async () => {
      const { receiver, record } = await connect(platformTenantId, { enabled: false });
      await audit.append(eventsOf(tenantId, 3));
      const forge = new ForgedTrail(audit, tenantId);
      await forge.write((all) => all.map((row) => (row.seq === 2 ? { ...row, userId: 'mallory' } : row)));
      await enable(record);
      await expect.poll(() => cursorOf(record)).toMatchObject({ paused: true });
      expect(receiver.sent.get(tenantId)).toBeUndefined();
    });

    it('waits while no worker tells whether a seal is genuine', async () => {
      const { receiver } = await connect();
      const { under } = MacSource.prototype;
      const asked = vi.spyOn(MacSource.prototype, 'under').mockImplementation(function (this: MacSource, context) {
        if (context.principal !== 'audit') return under.call(this, context);
        return () => Promise.reject(new AnkaError('hsm-unavailable'));
      });
      await audit.append(eventsOf(tenantId, 3));
      await expect.poll(() => asked.mock.calls.some(([{ principal }]) => principal === 'audit')).toBe(true);
      expect(receiver.seqsOf(tenantId).filter((seq) => seq > 1)).toEqual([]);
      asked.mockRestore();
      await expect.poll(() => receiver.seqsOf(tenantId)).toEqual(upTo(4));
    });
  });

  describe('through a connector that the database’s owner has changed', () => {
    it.each([
      ['sends the events elsewhere', (url: string) => `settings = jsonb_set(settings, '{url}', '"${url}"')`],
      ['has another name', () => `name = 'other'`],
      ['has another maker', () => `created_by = 'other'`],
    ])('does not happen if it %s', async (_, change) => {
      const [url, thief] = receiverOf();
      const { record, receiver } = await connect(tenantId, { enabled: false });
      const next = recordOf(tenantId, { id: record.id, settings: record.settings });
      await storeRecord(audit, next);
      await audit.tamper(
        `UPDATE connector SET ${change(url)} WHERE id = '${record.id}' AND revision = ${next.revision}`,
      );
      // Only now, so that nothing is delivered before the change.
      await nameRecord(audit, next);
      await audit.append(eventsOf(tenantId, 3));
      await expect.poll(() => cursorOf(record)).toMatchObject({ paused: true });
      expect((await cursorOf(record))?.['last_error']).toContain('not the one that the sealed trail names');
      expect([receiver.sent.size, thief.sent.size]).toEqual([0, 0]);
    });

    it('does not happen through another tenant’s connector, whatever lanes it lists', async () => {
      const other = randomUUID();
      const { record, receiver } = await connect(other);
      await audit.append([...eventsOf(tenantId, 3), ...eventsOf(other, 1)]);
      await expect.poll(() => receiver.seqsOf(other)).toEqual(upTo(2));
      const signature = 'connector_lanes(platform uuid, idle uuid[], each integer, most integer)';
      const [{ honest } = expect.unreachable()] = await rows(
        `SELECT pg_get_functiondef('connector_lanes(uuid, uuid[], integer, integer)'::regprocedure) AS honest`,
      );
      await audit.tamper(`CREATE OR REPLACE FUNCTION ${signature}
        RETURNS TABLE (tenant_id uuid, owner uuid, connector_id uuid, head bigint) LANGUAGE sql STABLE SECURITY DEFINER
        AS $$ SELECT '${tenantId}'::uuid, '${other}'::uuid, '${record.id}'::uuid, 3::bigint $$`);
      const refused = async (): Promise<boolean> => {
        const pages = await Promise.all(audit.instances.map(({ health }) => health.registry.metrics()));
        return pages.every((page) => page.includes(`record_refused_total{connector="${record.id}"`));
      };
      await expect.poll(refused).toBe(true);
      await audit.tamper(String(honest));
      expect([...receiver.sent.keys()]).toEqual([other]);
    });

    it('does not happen through an older form, one of another tenant, or one that was deleted', async () => {
      const [url, thief] = receiverOf();
      const settings = { ...anySettings, url };
      const older = await configure(audit, recordOf(tenantId, { settings, enabled: false }));
      await configure(audit, recordOf(tenantId, { id: older.id, settings: anySettings, enabled: false }));
      await audit.tamper(`UPDATE connector SET enabled = true WHERE id = '${older.id}'`);
      const deleted = await configure(audit, recordOf(tenantId, { settings, enabled: false }));
      await nameRecord(audit, recordOf(tenantId, { id: deleted.id }), true);
      await audit.tamper(`UPDATE connector SET enabled = true WHERE id = '${deleted.id}'`);
      await storeRecord(audit, recordOf(tenantId, { settings }));
      await audit.append(eventsOf(tenantId, 3));
      await expect.poll(() => cursorOf(older)).toMatchObject({ paused: true });
      expect(thief.sent.size).toBe(0);
    });
  });
});
