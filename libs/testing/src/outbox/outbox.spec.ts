import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, type AuditEvent, appendFromPolicy, monotonicNow, platformTenantId } from '@ankasecure/contracts';
import type { Nats, Postgres } from '@ankasecure/local';
import { createLogger, Outbox, type OutboxOptions } from '@ankasecure/service-kit';
import { DataSource } from 'typeorm';
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

const eventsOf = (count: number): AuditEvent[] => Array.from({ length: count }, () => eventOf());

/** The reaction of the fake audit service to one append. By default it seals. */
type Answer = (events: readonly AuditEvent[]) => Promise<void> | void;

/** Tests the service kit's outbox. The spec is here because it needs the servers of this library. */
describe('the outbox', () => {
  let postgres: Postgres;
  let nats: Nats;
  let audit: TestBus;
  let processes: TestParts[];
  let options: TestPartsOptions;
  const outboxes: Outbox[] = [];
  let answer: Answer = () => undefined;
  let appends: number[] = [];
  let longestMs = 0;
  const sealed: string[] = [];

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([
      startMigratedPostgres({ service: 'policy', database, schema: outboxOnly }),
      startTestNats(),
    ]);
    options = { service: 'policy', postgres, nats, database, schema: outboxOnly };
    audit = await connectTestBus('audit', nats);
    audit.serve(appendFromPolicy, '', async ({ deadline }, { events }) => {
      appends.push(events.length);
      longestMs = Math.max(longestMs, deadline - monotonicNow());
      await answer(events);
      sealed.push(...events.map(({ eventId }) => eventId));
      return { body: { sealed: events.length } };
    });
    await audit.flushed();
    processes = [await startTestParts(options), await startTestParts(options)];
  });
  beforeEach(() => {
    answer = () => undefined;
    appends = [];
    sealed.length = 0;
  });
  afterEach(async () => {
    answer = () => undefined;
    for (const outbox of outboxes.splice(0)) await outbox.stop(100);
    await postgres.query(database, 'TRUNCATE outbox');
  });
  afterAll(async () => {
    await Promise.all(processes.map((parts) => parts.stop()));
    await audit.close();
    await nats.stop();
    await postgres.stop();
  });

  const partsOf = (process: number): TestParts => processes[process] ?? expect.unreachable();
  const outboxOf = (process = 0, limits: Partial<OutboxOptions> = { capacity: 2000 }): Outbox => {
    const { dataSource, bus } = partsOf(process);
    const outbox = new Outbox(testProof('policy'), dataSource, bus, createLogger('spec', 'silent'), limits);
    outboxes.push(outbox);
    return outbox;
  };
  const write = async (outbox: Outbox, events: readonly AuditEvent[], process = 0): Promise<void> => {
    await partsOf(process).dataSource.transaction((manager) => outbox.write(manager, events));
    outbox.committed(events.length);
  };
  const rows = () => postgres.query(database, 'SELECT id, event_count, quarantined FROM outbox ORDER BY id');
  const eventually = (holds: () => unknown) => expect.poll(holds, { interval: 20 });
  const ids = (events: readonly AuditEvent[]) => events.map(({ eventId }) => eventId);

  it('delivers in the order of commits, and removes sealed rows', async () => {
    const outbox = outboxOf();
    const batches = [eventsOf(2), eventsOf(1), eventsOf(3)];
    for (const events of batches) await write(outbox, events);
    outbox.start();
    await eventually(rows).toEqual([]);
    expect(sealed).toEqual(ids(batches.flat()));
    await eventually(() => outbox.depth).toBe(0);
  });

  it('delivers at once after a commit', async () => {
    const outbox = outboxOf();
    outbox.start();
    await delay(100);
    // Without a commit it looks once a second. One slow attempt in three is tolerated.
    const waits: number[] = [];
    while (waits.length < 3) {
      const start = performance.now();
      await write(outbox, eventsOf(1));
      await eventually(() => sealed).toHaveLength(waits.length + 1);
      waits.push(performance.now() - start);
    }
    expect(waits.toSorted((a, b) => a - b)[1]).toBeLessThan(500);
  });

  it('writes nothing when the transaction it belongs to does not commit', async () => {
    const outbox = outboxOf();
    const { dataSource } = partsOf(0);
    const failing = dataSource.transaction(async (manager) => {
      await outbox.write(manager, eventsOf(1));
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(await rows()).toEqual([]);
  });

  it('keeps rows until they are reported as sealed, and retries with growing pauses during further commits', async () => {
    const outbox = outboxOf();
    answer = () => {
      throw new AnkaError('service-unavailable');
    };
    const events = eventsOf(3);
    await write(outbox, events);
    outbox.start();
    for (let commit = 0; commit < 50; commit++) {
      await write(outbox, [eventOf()]);
      await delay(10);
    }
    expect(await rows()).toHaveLength(51);
    expect(appends.length).toBeGreaterThan(0);
    expect(appends.length).toBeLessThan(8);
    expect(sealed).toEqual([]);
    answer = () => undefined;
    await eventually(rows).toEqual([]);
    expect(sealed.slice(0, 3)).toEqual(ids(events));
  });

  it('keeps rows after a lost answer, and sends them again', async () => {
    const outbox = outboxOf();
    let lost = 0;
    answer = () => {
      if (lost++ === 0) throw new AnkaError('deadline-exceeded');
    };
    await write(outbox, eventsOf(2));
    outbox.start();
    await eventually(rows).toEqual([]);
    expect(appends).toEqual([2, 2]);
  });

  it('sends slices of the backlog, and rows of a commit as a whole', async () => {
    const outbox = outboxOf(0, { capacity: 100_000, batch: 256 });
    for (const events of [200, 200, 200, 1000, 1, 499]) await write(outbox, eventsOf(events));
    outbox.start();
    await eventually(rows).toEqual([]);
    expect(appends).toEqual([400, 200, 500, 500, 500]);
  });

  it('sends at most the limit of one message', async () => {
    const outbox = outboxOf(0, { capacity: 100_000, batch: 256 });
    const details = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`name-${index}`, 'x'.repeat(500)]));
    for (let commit = 0; commit < 5; commit++)
      await write(
        outbox,
        Array.from({ length: 150 }, () => eventOf({ details })),
      );
    outbox.start();
    await eventually(rows).toEqual([]);
    expect(appends).toEqual([300, 300, 150]);
  });

  it('finds a refused row, sets it aside and delivers the others', async () => {
    const outbox = outboxOf();
    const poison = eventOf({ operation: 'policy.poison' });
    answer = (events) => {
      if (events.some(({ operation }) => operation === 'policy.poison')) throw new AnkaError('request-invalid');
    };
    const before = eventsOf(5);
    const after = eventsOf(4);
    for (const event of [...before, poison, ...after]) await write(outbox, [event]);
    outbox.start();
    await eventually(() => sealed.length).toBe(9);
    await eventually(rows).toMatchObject([{ quarantined: true, event_count: 1 }]);
    expect(sealed).toEqual(ids([...before, ...after]));
    await eventually(() => outbox.depth).toBe(0);
  });

  it('takes a refused row apart: of events committed together, only the refused one stays', async () => {
    const outbox = outboxOf();
    const poison = eventOf({ operation: 'policy.poison' });
    answer = (events) => {
      if (events.some(({ operation }) => operation === 'policy.poison')) throw new AnkaError('request-invalid');
    };
    const others = eventsOf(12);
    await write(outbox, [...others.slice(0, 5), poison, ...others.slice(5)]);
    outbox.start();
    await eventually(() => sealed.length).toBe(12);
    expect(sealed.toSorted()).toEqual(ids(others).toSorted());
    await eventually(rows).toMatchObject([{ quarantined: true, event_count: 1 }]);
    await eventually(() => outbox.quarantined).toBe(1);
  });

  it('takes a row apart that is too large for one message', async () => {
    const outbox = outboxOf();
    const details = Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`d${index}`, 'x'.repeat(500)]));
    const events = Array.from({ length: 1000 }, () => eventOf({ details }));
    await write(outbox, events);
    outbox.start();
    await eventually(() => sealed.length).toBe(1000);
    await eventually(rows).toEqual([]);
    expect(new Set(sealed)).toEqual(new Set(ids(events)));
  });

  it('sets a row aside that is larger than any of ours without reading it, and delivers the others', async () => {
    const { dataSource, bus } = partsOf(0);
    const log = createLogger('spec', 'silent');
    const fatal = vi.spyOn(log, 'fatal');
    const outbox = new Outbox(testProof('policy'), dataSource, bus, log, { capacity: 2000 });
    outboxes.push(outbox);
    // Node cannot hold it in a string.
    await postgres.query(
      database,
      `INSERT INTO outbox (event_count, events) VALUES (1, '[{"tenantId":"${platformTenantId}"' || repeat('x', 600000000))`,
    );
    const others = eventsOf(3);
    for (const event of others) await write(outbox, [event]);
    outbox.start();
    await eventually(() => sealed).toEqual(ids(others));
    await eventually(rows).toMatchObject([{ quarantined: true }]);
    expect(fatal.mock.calls.map(([fields]) => fields)).toMatchObject([
      { detail: 'the row is larger than any that a service writes' },
    ]);
  });

  it('does not let a tenant that cannot be sealed delay the others or lose its rows', async () => {
    const outbox = outboxOf();
    const broken = randomUUID();
    answer = (events) => {
      if (events.some(({ tenantId }) => tenantId === broken)) throw new AnkaError('tenant-unknown');
    };
    await write(outbox, [eventOf({ tenantId: broken })]);
    await write(outbox, eventsOf(2));
    outbox.start();
    await eventually(() => sealed.length).toBe(2);
    await write(outbox, eventsOf(1));
    await eventually(() => sealed.length).toBe(3);
    await eventually(rows).toMatchObject([{ quarantined: false }]);
    await outbox.stop(100);
    answer = () => undefined;
    outboxOf().start();
    await eventually(rows).toEqual([]);
  });

  it.each(['service-unavailable', 'hsm-unavailable', 'hsm-timeout'] as const)(
    'lets every other tenant’s rows leave while trails are refused with %s, first, last or between them',
    async (code) => {
      const outbox = outboxOf();
      const tenants = Array.from({ length: 9 }, () => randomUUID()).sort();
      const refused = new Set<string | undefined>([tenants[0], tenants[4], tenants[8]]);
      answer = (events) => {
        if (events.some(({ tenantId }) => refused.has(tenantId))) throw new AnkaError(code);
      };
      outbox.start();
      for (let round = 1; round <= 3; round++) {
        for (const tenantId of [...tenants, ...tenants]) await write(outbox, [eventOf({ tenantId })]);
        await eventually(() => sealed.length).toBe(12 * round);
      }
      await eventually(rows).toHaveLength(18);
      expect(await rows()).toEqual(expect.not.arrayContaining([expect.objectContaining({ quarantined: true })]));
      await outbox.stop(100);
      answer = () => undefined;
      outboxOf().start();
      await eventually(rows).toEqual([]);
      expect(sealed).toHaveLength(54);
    },
  );

  it.each([1, 2, 3, 6])(
    'lets other tenants’ rows leave behind a full append of each of %i refused tenants, which are sealed later',
    async (count) => {
      const outbox = outboxOf(0, { capacity: 100_000 });
      const refused: string[] = Array.from({ length: count }, () => randomUUID());
      answer = (events) => {
        if (events.some(({ tenantId }) => refused.includes(tenantId))) throw new AnkaError('service-unavailable');
      };
      for (const tenantId of [...refused, ...refused])
        await write(
          outbox,
          Array.from({ length: 500 }, () => eventOf({ tenantId })),
        );
      const others = [eventOf(), eventOf({ tenantId: randomUUID() })];
      for (const event of others) await write(outbox, [event]);
      outbox.start();
      await eventually(() => sealed).toEqual(ids(others));
      refused.length = 0;
      await eventually(rows).toEqual([]);
      expect(new Set(sealed).size).toBe(count * 1000 + 2);
    },
  );

  it('tries deferred rows again although all that is new is refused', async () => {
    const outbox = outboxOf();
    const [large, other] = [randomUUID(), randomUUID()];
    const refused = new Set<string>([large, other]);
    answer = (events) => {
      if (events.some(({ tenantId }) => refused.has(tenantId))) throw new AnkaError('service-unavailable');
    };
    const fill = (): Promise<void> =>
      write(
        outbox,
        Array.from({ length: 500 }, () => eventOf({ tenantId: large })),
      );
    await fill();
    await write(outbox, [eventOf({ tenantId: other })]);
    await write(outbox, eventsOf(1));
    outbox.start();
    await expect.poll(() => sealed.length).toBe(1);
    await fill();
    refused.delete(other);
    await expect.poll(() => sealed.length).toBe(2);
  });

  it.each([1, 2])(
    'delivers what has waited for %i refused trails in bulk soon after they are sealed again',
    async (count) => {
      const outbox = outboxOf(0, { capacity: 100_000, batch: 16 });
      const refused: string[] = Array.from({ length: count }, () => randomUUID());
      answer = (events) => {
        if (events.some(({ tenantId }) => refused.includes(tenantId))) throw new AnkaError('service-unavailable');
      };
      const waiting = refused.flatMap((tenantId) => Array.from({ length: 60 }, () => eventOf({ tenantId })));
      for (const event of waiting) await write(outbox, [event]);
      outbox.start();
      // Rows are deferred while others leave. Until then the audit service is taken to be away.
      let others = 0;
      for (const end = Date.now() + 9_000; Date.now() < end; others++) {
        await write(outbox, eventsOf(1));
        await delay(50);
      }
      refused.length = 0;
      appends = [];
      await expect.poll(rows).toEqual([]);
      expect(new Set(sealed).size).toBe(waiting.length + others);
      expect(appends.length).toBeLessThan(waiting.length / 3);
    },
  );

  it('pauses while full appends of all tenants are refused, and delivers all of them afterwards', async () => {
    const outbox = outboxOf(0, { capacity: 100_000 });
    answer = () => {
      throw new AnkaError('hsm-unavailable');
    };
    for (const tenantId of [randomUUID(), randomUUID()])
      for (let commit = 0; commit < 8; commit++)
        await write(
          outbox,
          Array.from({ length: 500 }, () => eventOf({ tenantId })),
        );
    outbox.start();
    await delay(700);
    expect(appends.length).toBeGreaterThan(0);
    expect(appends.length).toBeLessThan(7);
    answer = () => undefined;
    await eventually(rows).toEqual([]);
    expect(new Set(sealed).size).toBe(8000);
  });

  it('asks for four tenants alone while all are refused, and for others at the next try, until one is sealed', async () => {
    const outbox = outboxOf();
    const tenants = Array.from({ length: 13 }, () => randomUUID());
    const [healthy] = tenants.slice(-1);
    const alone: (string | undefined)[] = [];
    answer = (events) => {
      if (events.length === 1) alone.push(events[0]?.tenantId);
      if (events.some(({ tenantId }) => tenantId !== healthy)) throw new AnkaError('hsm-unavailable');
    };
    for (const tenantId of tenants) await write(outbox, [eventOf({ tenantId })]);
    outbox.start();
    await eventually(() => sealed).toHaveLength(1);
    expect(appends.slice(0, 17)).toEqual([13, 1, 1, 1, 1, 13, 1, 1, 1, 1, 13, 1, 1, 1, 1, 13, 1]);
    expect(alone.slice(0, 13)).toEqual(tenants);
    await eventually(rows).toHaveLength(12);
    answer = () => undefined;
    await eventually(rows).toEqual([]);
  });

  it('goes on with the other tenants after each refused retry of a tenant whose rows are deferred', async () => {
    const outbox = outboxOf();
    const refused: string[] = [randomUUID(), randomUUID()];
    answer = (events) => {
      if (events.some(({ tenantId }) => refused.includes(tenantId))) throw new AnkaError('service-unavailable');
    };
    for (const tenantId of [...refused, platformTenantId]) await write(outbox, [eventOf({ tenantId })]);
    outbox.start();
    await eventually(() => sealed.length).toBe(1);
    refused.splice(1);
    await eventually(rows).toHaveLength(1);
    await eventually(() => sealed.length).toBe(2);
  });

  it('tries a few times, not for every row, while nothing can be sealed, and delivers all of it afterwards', async () => {
    const outbox = outboxOf();
    answer = () => {
      throw new AnkaError('hsm-error');
    };
    const events = eventsOf(64);
    for (const event of events) await write(outbox, [event]);
    outbox.start();
    await delay(700);
    expect(appends).toEqual([64, 32, 32]);
    answer = () => undefined;
    await eventually(rows).toEqual([]);
    expect(sealed).toEqual(ids(events));
  });

  it('limits the time for which a tenant waits for another’s trail, in any mixture of outcomes', async () => {
    const outbox = outboxOf();
    const broken = randomUUID();
    answer = (events) => {
      if (events.some(({ tenantId }) => tenantId === broken)) throw new AnkaError('hsm-error');
    };
    for (let commit = 0; commit < 32; commit++)
      await write(outbox, [eventOf(commit % 2 === 0 ? { tenantId: broken } : {})]);
    outbox.start();
    await eventually(() => sealed.length).toBe(16);
    await eventually(rows).toHaveLength(16);
    await write(outbox, eventsOf(1));
    await eventually(() => sealed.length).toBe(17);
    expect(appends.length).toBeLessThan(16);
  });

  it('finds a single row that cannot be sealed, and delivers the tenant’s others', async () => {
    const outbox = outboxOf(0, { capacity: 1000, batch: 16 });
    answer = (events) => {
      if (events.some(({ operation }) => operation === 'policy.broken')) throw new AnkaError('internal-error');
    };
    for (let commit = 0; commit < 16; commit++)
      await write(outbox, [eventOf(commit === 2 || commit === 12 ? { operation: 'policy.broken' } : {})]);
    outbox.start();
    await eventually(() => sealed.length).toBe(14);
    await eventually(rows).toMatchObject([{ quarantined: false }, { quarantined: false }]);
  });

  it('sets no row aside for a transaction that was rolled back', async () => {
    await postgres.query(
      database,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE TRIGGER refuse BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    const outbox = outboxOf();
    const broken = randomUUID();
    answer = (events) => {
      if (events.some(({ tenantId }) => tenantId === broken)) throw new AnkaError('tenant-unknown');
    };
    await write(outbox, [eventOf({ tenantId: broken })]);
    await write(outbox, eventsOf(1));
    outbox.start();
    await eventually(() => appends.length).toBeGreaterThan(3);
    await postgres.query(database, 'DROP TRIGGER refuse ON outbox; DROP FUNCTION refuse');
    expect(appends.slice(0, 4)).toEqual([2, 1, 1, 2]);
    await eventually(rows).toHaveLength(1);
  });

  it('keeps its findings when many rows are refused: the requests of one transaction are limited', async () => {
    const outbox = outboxOf();
    answer = () => {
      if (appends.length > 70) return delay(60_000);
      throw new AnkaError('request-invalid');
    };
    for (let commit = 0; commit < 100; commit++) await write(outbox, eventsOf(1));
    outbox.start();
    const quarantined = async () => (await rows()).filter((row) => row['quarantined'] === true).length;
    await eventually(quarantined).toBeGreaterThan(20);
    answer = () => {
      throw new AnkaError('request-invalid');
    };
    await outbox.stop(100);
    outboxOf().start();
    await eventually(quarantined).toBe(100);
  });

  it('keeps its transaction alive during a request, and limits the wait for an answer', async () => {
    const { dataSource: usual, bus } = partsOf(0);
    const extra = { idle_in_transaction_session_timeout: 1000 };
    const dataSource = await new DataSource({ ...usual.options, extra }).initialize();
    const outbox = new Outbox(testProof('policy'), dataSource, bus, createLogger('spec', 'silent'));
    outboxes.push(outbox);
    answer = async (events) => {
      await delay(150);
      if (events.some(({ operation }) => operation === 'policy.poison')) throw new AnkaError('request-invalid');
    };
    for (const event of [eventOf({ operation: 'policy.poison' }), ...eventsOf(15)]) await write(outbox, [event]);
    longestMs = 0;
    outbox.start();
    await eventually(rows).toMatchObject([{ quarantined: true }]);
    expect(appends).toEqual([16, 8, 4, 2, 1, 1, 2, 4, 8]);
    expect(longestMs).toBeLessThanOrEqual(8000);
    await outbox.stop();
    await dataSource.destroy();
  });

  it('is shared by processes: each row is in flight in one of them, and another takes over when that one dies', async () => {
    const [first, second] = [outboxOf(0, { capacity: 1000, batch: 1 }), outboxOf(1, { capacity: 1000, batch: 1 })];
    for (let commit = 0; commit < 20; commit++) await write(first, eventsOf(1));
    answer = () => delay(5);
    first.start();
    second.start();
    await eventually(rows).toEqual([]);
    expect(new Set(sealed).size).toBe(20);
    expect(sealed).toHaveLength(20);
    await eventually(() => [first.depth, second.depth]).toEqual([0, 0]);

    const dying = await startTestParts(options);
    const third = new Outbox(testProof('policy'), dying.dataSource, dying.bus, createLogger('spec', 'silent'));
    answer = () => delay(60_000);
    await dying.dataSource.transaction((manager) => third.write(manager, eventsOf(1)));
    await eventually(() => appends.length).toBe(21);
    answer = () => undefined;
    await postgres.query(
      database,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'`,
    );
    await eventually(rows).toEqual([]);
    await dying.stop();
  });

  it('refuses operations while the outbox is full, counting the rows of other processes, and allows them again', async () => {
    const [first, second] = [outboxOf(0, { capacity: 10, batch: 256 }), outboxOf(1, { capacity: 10, batch: 256 })];
    answer = () => {
      throw new AnkaError('service-unavailable');
    };
    expect(() => first.assertRoom(platformTenantId)).not.toThrow();
    second.start();
    await write(first, eventsOf(10));
    expect(() => first.assertRoom(platformTenantId)).toThrow(
      expect.objectContaining({ code: 'audit-unavailable', retryable: true }),
    );
    await eventually(() => second.depth).toBe(10);
    expect(() => second.assertRoom(platformTenantId)).toThrow('audit-unavailable');
    first.start();
    answer = () => undefined;
    await eventually(() => [first.depth, second.depth]).toEqual([0, 0]);
    expect(() => first.assertRoom(platformTenantId)).not.toThrow();
  });

  it('refuses a greedy tenant at half of the room, and another tenant not', async () => {
    const outbox = outboxOf(0, { capacity: 100 });
    answer = () => {
      throw new AnkaError('service-unavailable');
    };
    const [greedy, other] = [randomUUID(), randomUUID()];
    const held = async (tenantId: string): Promise<number> => {
      for (let count = 0; ; count++) {
        try {
          outbox.assertRoom(tenantId);
        } catch {
          return count;
        }
        await write(outbox, [eventOf({ tenantId })]);
      }
    };
    expect(await held(greedy)).toBe(50);
    expect(await held(other)).toBe(25);
    expect(() => outbox.assertRoom(randomUUID())).not.toThrow();
    outbox.start();
    await eventually(() => appends.length).toBeGreaterThan(0);
    await outbox.stop(100);
    expect(() => outbox.assertRoom(greedy)).toThrow('audit-unavailable');
  });

  it('delivers a tenant’s few events before another’s backlog, and every tenant’s in their order', async () => {
    const outbox = outboxOf(0, { capacity: 100_000, batch: 32 });
    const [greedy, modest] = [randomUUID(), randomUUID()];
    const backlog = Array.from({ length: 300 }, () => eventOf({ tenantId: greedy }));
    for (const event of backlog) await write(outbox, [event]);
    const few = Array.from({ length: 3 }, () => eventOf({ tenantId: modest }));
    for (const event of few) await write(outbox, [event]);
    const order: string[] = [];
    answer = (events) => void order.push(...ids(events));
    outbox.start();
    await eventually(rows).toEqual([]);
    expect(few.map(({ eventId }) => order.indexOf(eventId)).every((place) => place < 32)).toBe(true);
    expect(order.filter((id) => ids(backlog).includes(id))).toEqual(ids(backlog));
    expect(order.filter((id) => ids(few).includes(id))).toEqual(ids(few));
  });

  it('takes turns when more tenants wait than one delivery takes', async () => {
    const outbox = outboxOf(0, { capacity: 100_000, batch: 8 });
    const tenants = Array.from({ length: 150 }, () => randomUUID());
    const events = tenants.map((tenantId) => eventOf({ tenantId }));
    for (const event of events) await write(outbox, [event]);
    outbox.start();
    await eventually(rows).toEqual([]);
    expect(new Set(sealed)).toEqual(new Set(ids(events)));
  });

  it('offers fewer events after each missed deadline, until audit keeps up, and so works off any backlog', async () => {
    const outbox = outboxOf(0, { capacity: 100_000, timeoutMs: 400 });
    answer = (events) => (events.length > 40 ? delay(60_000) : undefined);
    for (let commit = 0; commit < 10; commit++) await write(outbox, eventsOf(30));
    await write(outbox, eventsOf(200));
    outbox.start();
    await expect.poll(rows, { interval: 50 }).toEqual([]);
    expect(appends.slice(0, 3)).toEqual([500, 240, 120]);
    expect(new Set(sealed).size).toBe(500);
  });

  it('commits no action whose event could never be sealed, or that another service reports', async () => {
    const outbox = outboxOf();
    const { dataSource } = partsOf(0);
    const committing = (event: AuditEvent) =>
      dataSource.transaction(async (manager) => {
        await outbox.write(manager, [eventOf()]);
        await outbox.write(manager, [event]);
      });
    for (const event of [
      eventOf({ details: { roles: 'user,'.repeat(120) } }),
      eventOf({ userId: '' }),
      eventOf({ operation: 'key.create' }),
    ])
      await expect(committing(event)).rejects.toThrow(/cannot be sealed|may not report/);
    expect(await rows()).toEqual([]);
  });

  it('is divided by partition: a process delivers, counts and makes room for its own only', async () => {
    const { dataSource: usual, bus } = partsOf(0);
    const north = await new DataSource({
      ...usual.options,
      extra: { options: '-c ankasecure.partition=north' },
    }).initialize();
    await north.transaction((manager) => outboxOf().write(manager, eventsOf(5)));
    const ours = outboxOf();
    await write(ours, eventsOf(2));
    ours.start();
    await eventually(() => sealed.length).toBe(2);
    await eventually(() => ours.depth).toBe(0);
    expect(await rows()).toHaveLength(1);
    const theirs = new Outbox(testProof('policy', 'north'), north, bus, createLogger('spec', 'silent'));
    outboxes.push(theirs);
    theirs.start();
    await eventually(rows).toEqual([]);
    expect(sealed).toHaveLength(7);
    await theirs.stop();
    await north.destroy();
  });

  it('delivers waiting rows before it stops, and leaves the rest for the next start', async () => {
    const outbox = outboxOf();
    outbox.start();
    await write(outbox, eventsOf(5));
    await outbox.stop();
    expect(sealed).toHaveLength(5);
    const hanging = outboxOf();
    answer = () => new Promise(() => undefined);
    await write(hanging, eventsOf(2));
    hanging.start();
    await eventually(() => appends).toEqual([5, 2]);
    // It does not wait for the answer, which never comes.
    await hanging.stop(200);
    answer = () => undefined;
    expect(await rows()).toHaveLength(1);
    outboxOf().start();
    await eventually(rows).toEqual([]);
  });
});
