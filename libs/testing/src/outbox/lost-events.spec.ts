import { randomUUID } from 'node:crypto';
import {
  AnkaError,
  type AuditEvent,
  appendFromPolicy,
  findUnsealed,
  type OfferedEvent,
  platformTenantId,
} from '@ankasecure/contracts';
import type { Nats, Postgres } from '@ankasecure/local';
import { createLogger, Health, Outbox, OutboxProof } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestNats } from '../nats/nats.js';
import type { TestBus } from '../nats/test-bus.js';
import {
  connectTestBus,
  startMigratedPostgres,
  startTestParts,
  type TestParts,
  type TestPartsOptions,
} from '../service/test-parts.js';
import { outboxDatabase as database, policyEvent as eventOf, outboxOnly } from './outbox-database.js';
import { testProof } from './test-proof.js';

/** Tests the service kit's search for events that the database's owner takes out of the outbox. */
describe('an event that left the outbox unsealed', () => {
  let postgres: Postgres;
  let nats: Nats;
  let audit: TestBus;
  let parts: TestParts;
  let outbox: Outbox;
  let registry: Health['registry'];
  let accepts: boolean;
  let refuses: boolean;
  let answers: boolean;
  let log: ReturnType<typeof createLogger>;
  /** The tenants of whose trails nothing can be told. */
  const untold = new Set<string>();
  const asked: string[] = [];
  const sealed: OfferedEvent[] = [];

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([
      startMigratedPostgres({ service: 'policy', database, schema: outboxOnly }),
      startTestNats(),
    ]);
    const options: TestPartsOptions = { service: 'policy', postgres, nats, database, schema: outboxOnly };
    audit = await connectTestBus('audit', nats);
    audit.serve(appendFromPolicy, '', async (_, { events }) => {
      if (!accepts && events[0]?.operation === 'policy.put') await new Promise(() => undefined);
      if (refuses && events[0]?.operation === 'policy.put') throw new AnkaError('event-unproven');
      sealed.push(...events);
      return { body: { sealed: events.length } };
    });
    audit.serve(findUnsealed, '', async (_, { events }) => {
      if (!answers) throw new AnkaError('service-unavailable');
      asked.push(...events.map(({ eventId }) => eventId));
      const known = new Set(sealed.map(({ eventId }) => eventId));
      const unknown = events.filter(({ tenantId }) => untold.has(tenantId)).map(({ eventId }) => eventId);
      const missing = events.map(({ eventId }) => eventId).filter((eventId) => !known.has(eventId));
      return { body: { unsealed: missing.filter((eventId) => !unknown.includes(eventId)), unknown } };
    });
    await audit.flushed();
    parts = await startTestParts(options);
  });
  afterAll(async () => {
    await parts.stop();
    await audit.close();
    await nats.stop();
    await postgres.stop();
  });
  beforeEach(() => {
    accepts = true;
    refuses = false;
    answers = true;
    log = createLogger('spec', 'silent');
    asked.length = 0;
    sealed.length = 0;
    untold.clear();
    registry = new Health('policy').registry;
    outbox = outboxOf(200);
    outbox.meter(registry);
  });
  afterEach(async () => {
    await outbox.stop(100);
    await sql('TRUNCATE outbox');
    parts.dataSource.subscribers.length = 0;
  });

  const outboxOf = (searchMs: number): Outbox => {
    const options = { capacity: 2000, timeoutMs: 500, searchMs };
    return new Outbox(testProof('policy'), parts.dataSource, parts.bus, log, options);
  };
  const sql = (text: string) => postgres.query(database, text);
  const write = async (count = 1): Promise<AuditEvent[]> => {
    const events = Array.from({ length: count }, () => eventOf());
    await parts.dataSource.transaction((manager) => outbox.write(manager, events));
    outbox.committed(events.length);
    return events;
  };
  const metric = async (name: string): Promise<number> =>
    Number(new RegExp(`^ankasecure_outbox_${name}(?:\\{.*\\})? (.+)$`, 'm').exec(await registry.metrics())?.[1]);
  const lost = (): Promise<number> => metric('lost_total');
  const told = () => sealed.filter(({ operation }) => operation === 'outbox.lose');
  const eventually = (holds: () => unknown) => expect.poll(holds, { interval: 20 });
  /** Seals in the place of another process's relay, which takes the rows away. */
  const sealElsewhere = async (): Promise<void> => {
    const rows = await sql('DELETE FROM outbox RETURNING events');
    sealed.push(...rows.flatMap(({ events }) => JSON.parse(String(events)) as OfferedEvent[]));
  };

  it.each<[string, string, number]>([
    ['with its row', 'DELETE FROM outbox', 3],
    ['out of its row', `UPDATE outbox SET event_count = 2, events = (events::jsonb - 1)::text`, 1],
    ['to another partition', `UPDATE outbox SET partition = 'nowhere'`, 3],
    ['to another tenant', `UPDATE outbox SET tenant_id = gen_random_uuid(), partition = 'nowhere'`, 3],
    ['to where no delivery looks', 'UPDATE outbox SET quarantined = true', 3],
    ['as too large for any delivery', `UPDATE outbox SET events = events || repeat(' ', 34000000)`, 3],
    ['for another', `UPDATE outbox SET event_count = 1, events = ('[' || (events::jsonb -> 0)::text || ']')`, 2],
  ])('because its database’s owner took it away %s raises the alarm and is on record', async (_, attack, missing) => {
    const events = await write(3);
    await sql(attack);
    outbox.start();
    await eventually(lost).toBe(missing);
    await eventually(() => told().length).toBe(1);
    const [event] = told();
    expect(event).toMatchObject({ userId: 'policy', outcome: 'failure', failureCode: 'event-lost' });
    expect(event?.details?.['count']).toBe(String(missing));
    expect(event?.proof).toBeDefined();
    const ids = event?.details?.['events']?.split(' ') ?? [];
    expect(ids).toHaveLength(missing);
    expect(events.map(({ eventId }) => eventId)).toEqual(expect.arrayContaining(ids));
  });

  it('behind a row that hides it is found: no row can change what stands beside it', async () => {
    const [first] = await write();
    await sql(`INSERT INTO outbox (event_count, events, partition)
      SELECT 1, replace(events, ']', '],"events":[') || events, partition FROM outbox`);
    await write();
    outbox.start();
    await eventually(() => sealed.length).toBe(2);
    expect(sealed[0]?.eventId).toBe(first?.eventId);
    await eventually(() => sql('SELECT quarantined FROM outbox')).toEqual([{ quarantined: true }]);
    expect(await lost()).toBe(0);
  });

  it('of a trail of which nothing can be told is looked for until it can, and of others losses are found meanwhile', async () => {
    accepts = false;
    const [unknown] = [eventOf({ tenantId: randomUUID() })];
    untold.add(unknown.tenantId);
    await parts.dataSource.transaction((manager) => outbox.write(manager, [unknown, eventOf()]));
    outbox.committed(2);
    await sql('DELETE FROM outbox');
    outbox.start();
    await eventually(lost).toBe(1);
    const rounds = () => asked.filter((eventId) => eventId === unknown.eventId).length;
    const before = rounds();
    await eventually(() => rounds() >= before + 2).toBe(true);
    expect([await lost(), await metric('search_failures_total')]).toEqual([1, 0]);
    untold.clear();
    await eventually(lost).toBe(2);
  });

  it('is told once in ten minutes, and every one counts', async () => {
    outbox.start();
    for (let number = 1; number <= 3; number++) {
      accepts = false;
      await write();
      await sql('DELETE FROM outbox');
      await eventually(lost).toBe(number);
    }
    await eventually(() => told().length).toBe(1);
  });

  it('because it was hidden as it was written raises the alarm, and the gauge counts it, whatever its row says', async () => {
    const check = 'outbox_event_count_check';
    await sql(`ALTER TABLE outbox DROP CONSTRAINT ${check};
      CREATE FUNCTION hide() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.quarantined := true; NEW.event_count := -5; RETURN NEW; END';
      CREATE TRIGGER hide BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION hide()`);
    try {
      outbox.start();
      const [event] = await write();
      await eventually(lost).toBe(1);
      expect(await metric('quarantined')).toBe(1);
      await eventually(() => told().map(({ details }) => details?.['events'])).toEqual([event?.eventId]);
    } finally {
      await sql(`DROP FUNCTION hide CASCADE; TRUNCATE outbox;
        ALTER TABLE outbox ADD CONSTRAINT ${check} CHECK (event_count BETWEEN 1 AND 1000)`);
    }
  });

  it('because the audit service refuses it raises the alarm', async () => {
    refuses = true;
    await write();
    outbox.start();
    await eventually(lost).toBe(1);
    await eventually(() => told().length).toBe(1);
    expect(await sql('SELECT quarantined FROM outbox')).toEqual([{ quarantined: true }]);
  });

  it('yet, though nobody delivers it, is as old as this process knows, whatever its row says', async () => {
    accepts = false;
    await write();
    await sql(`UPDATE outbox SET created_at = 'infinity'`);
    outbox.start();
    const oldest = (): Promise<number> => metric('oldest_seconds');
    await eventually(oldest).toBeGreaterThan(0.5);
    await eventually(oldest).toBeGreaterThan(1);
    accepts = true;
    await eventually(oldest).toBe(0);
    expect(await lost()).toBe(0);
  });

  describe('while each search fails', () => {
    const failures = (): Promise<number> => metric('search_failures_total');
    const oldest = (): Promise<number> => metric('oldest_seconds');
    const refusal = (): unknown => {
      try {
        outbox.assertRoom(platformTenantId);
        return undefined;
      } catch (error) {
        return (error as AnkaError).code;
      }
    };
    const alarms = (): unknown[] =>
      vi.mocked(log.error).mock.calls.flatMap(([fields]) => (fields as { alarm?: string }).alarm ?? []);
    beforeEach(async () => {
      vi.spyOn(log, 'error');
      await sql(`CREATE FUNCTION lie() RETURNS boolean LANGUAGE plpgsql AS
          $$ BEGIN IF strpos(current_query(), 'regexp_matches') > 0 THEN RAISE 'no'; END IF; RETURN true; END $$;
        CREATE POLICY lie ON outbox USING (lie()) WITH CHECK (true)`);
    });
    afterEach(() => sql('ALTER TABLE outbox DISABLE ROW LEVEL SECURITY; DROP POLICY lie ON outbox; DROP FUNCTION lie'));

    it('by the database counts in the gauge from its commit, raises the alarm, and stops the service', async () => {
      await sql('ALTER TABLE outbox ENABLE ROW LEVEL SECURITY');
      outbox.start();
      await write();
      await eventually(() => sealed.length).toBe(1);
      await eventually(oldest).toBe(0);
      accepts = false;
      await write();
      // The policy is asked for each row, so one stays: another event's.
      await sql(`UPDATE outbox SET created_at = 'infinity',
        events = regexp_replace(events, '"eventId":"[0-9a-f]{8}', '"eventId":"00000000')`);
      await eventually(oldest).toBeGreaterThan(0.5);
      await eventually(failures).toBeGreaterThan(2);
      await eventually(alarms).toContain('outbox-search');
      expect(refusal()).toBeUndefined();
      expect(await lost()).toBe(0);
      await expect.poll(refusal, { interval: 20 }).toBe('audit-unavailable');
      expect(outbox.isFull).toBe(true);
      await sql('ALTER TABLE outbox DISABLE ROW LEVEL SECURITY');
      await eventually(lost).toBe(1);
      await eventually(refusal).toBeUndefined();
      await sql('DELETE FROM outbox');
      await eventually(oldest).toBe(0);
    });

    it('by the audit service, which seals on, is the same', async () => {
      outbox.start();
      answers = false;
      await write();
      await eventually(() => sealed.length).toBe(1);
      accepts = false;
      await write();
      await sql('DELETE FROM outbox');
      await eventually(failures).toBeGreaterThan(2);
      await eventually(alarms).toContain('outbox-search');
      accepts = true;
      await write();
      await expect.poll(refusal, { interval: 20 }).toBe('audit-unavailable');
      answers = true;
      await eventually(refusal).toBeUndefined();
      await eventually(lost).toBe(1);
    });

    it('and nothing is sealed, the outbox fills to its capacity: the audit service is away', async () => {
      outbox.start();
      answers = false;
      accepts = false;
      await write();
      await expect.poll(failures, { interval: 20 }).toBeGreaterThan(25);
      expect(await oldest()).toBeGreaterThan(25 * 0.2);
      expect(refusal()).toBeUndefined();
      // It is back: its failures count from now.
      accepts = true;
      await eventually(() => sealed.length).toBe(1);
      accepts = false;
      await write();
      expect(refusal()).toBeUndefined();
      await write(1000);
      await write(1000);
      expect(refusal()).toBe('audit-unavailable');
    });
  });

  it('is not one that waits, or whose transaction was undone', async () => {
    accepts = false;
    await write(2);
    const undone = parts.dataSource.transaction(async (manager) => {
      await outbox.write(manager, [eventOf()]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    outbox.start();
    await eventually(() => asked.length).toBeGreaterThan(4);
    expect(new Set(asked).size).toBe(2);
    expect([await lost(), told().length]).toEqual([0, 0]);
    await sql('DELETE FROM outbox');
    await eventually(lost).toBe(2);
  });

  it('is not one that another process has delivered, and nobody asks for what this one has', async () => {
    // No delivery waits for so long.
    parts.dataSource.subscribers.length = 0;
    outbox = outboxOf(1500);
    await write(2);
    await sealElsewhere();
    outbox.start();
    await eventually(() => asked.length).toBe(2);
    await write(5);
    await eventually(() => sealed.length).toBe(7);
    // What is known is not looked for: two rounds later, nobody has asked again.
    await write();
    await eventually(() => sealed.length).toBe(8);
    await sql('SELECT pg_sleep(3.5)');
    expect(asked.length).toBe(2);
    expect(told()).toEqual([]);
  });

  it('is refused room once too many are not known to be sealed', async () => {
    for (let row = 0; row < 2; row++) await write(1000);
    await sql('DELETE FROM outbox');
    expect(outbox.isFull).toBe(true);
    expect(() => outbox.assertRoom(platformTenantId)).toThrow('audit-unavailable');
  });

  it('is never committed by a process that cannot prove it', async () => {
    const { dataSource, bus } = parts;
    const closed = new OutboxProof('policy', '');
    const without = new Outbox(closed, dataSource, bus, createLogger('spec', 'silent'));
    const writing = dataSource.transaction((manager) => without.write(manager, [eventOf()]));
    await expect(writing).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    expect(() => without.assertRoom(platformTenantId)).toThrow('audit-unavailable');
    expect(await sql('SELECT FROM outbox')).toEqual([]);
    closed.open(Buffer.alloc(32));
    without.assertRoom(platformTenantId);
  });
});
