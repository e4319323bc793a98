import { randomUUID } from 'node:crypto';
import type { ChainRow } from '@ankasecure/audit-event';
import { type AuditEvent, acceptTrails, type EventName, platformTenantId } from '@ankasecure/contracts';
import type { ClientBase } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TrailGuard } from '../anchor/trail-guard.js';
import { FindUnsealed } from '../intake/find-unsealed.js';
import { ReceiveEvents } from '../intake/receive-events.js';
import { reportedEventOf } from '../reporter/reported-event.js';
import { type Attack, putHeadBack, underAttack } from '../testing/attacked-database.js';
import { ForgedTrail } from '../testing/forged-trail.js';
import {
  contextOf,
  database,
  eventOf,
  eventsOf,
  proven,
  type RunningAudit,
  startAudit,
} from '../testing/running-audit.js';

const beforeInsert = (table: string): string => `TRIGGER attack BEFORE INSERT ON ${table} FOR EACH ROW`;
const hidden = `NEW.operation = 'key.compromise'`;

/** Attacks that drop an event before the batch commits, with what the alarm tells. */
const attacks: readonly (readonly [string, Attack, string])[] = [
  [
    'drops the event and sets the head back',
    { on: beforeInsert('sealed_event'), body: `IF ${hidden} THEN ${putHeadBack} RETURN NULL; END IF; RETURN NEW;` },
    'does not have the new rows',
  ],
  [
    'drops the event and leaves the head',
    { on: beforeInsert('sealed_event'), body: `IF ${hidden} THEN RETURN NULL; END IF; RETURN NEW;` },
    'does not have the new rows',
  ],
  [
    'stores another hash',
    { on: beforeInsert('sealed_event'), body: `NEW.hash := NEW.hmac; RETURN NEW;` },
    'does not have the new rows',
  ],
  [
    'leaves the head where it was',
    { replaced: { name: 'advance_trail_head', body: 'BEGIN END' } },
    'head is not at the last row',
  ],
  [
    'claims that the event was sealed before',
    { on: beforeInsert('event_dedup'), body: 'RETURN NULL;' },
    'counts as sealed is not in the trail',
  ],
];

describe('a batch in a database that its owner has changed', () => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    tenantId = randomUUID();
    for (let batch = 0; batch < 2; batch++) await append(eventsOf(tenantId, 1));
  });

  const instance = (number = 0) => audit.instances[number] ?? expect.unreachable();
  const append = (events: readonly AuditEvent[], number = 0) =>
    instance(number)
      .app.get(ReceiveEvents)
      .receive(contextOf(platformTenantId), { reporter: 'crypto-worker', partition: 'default' }, proven(events));
  const compromise = (): AuditEvent => eventOf(tenantId, { operation: 'key.compromise' });
  /** The ids of the rows that the database shows. A process that knows another end does not list all of them as events. */
  const trail = async () => {
    const { items, unproven = [] } = await audit.query(tenantId, { order: 'asc', limit: 100 });
    return [...items, ...unproven.map(({ event }) => event ?? expect.unreachable())].map(({ eventId }) => eventId);
  };

  /** Runs `call`, which must be refused as retryable, with this alarm. */
  const refused = async (call: () => Promise<unknown>, alarm: string, told: string): Promise<void> => {
    const error = vi.spyOn(instance().log, 'error');
    await expect(call()).rejects.toMatchObject({
      code: 'service-unavailable',
      retryable: true,
      detail: expect.stringContaining(told) as unknown,
    });
    const fault = expect.stringContaining(told) as unknown;
    expect(error.mock.calls.map(([fields]) => fields)).toContainEqual({ alarm, tenantId, fault });
    error.mockRestore();
  };

  it.each(attacks)('is not sealed by one that %s', async (_, attack, told) => {
    const before = await trail();
    const events = [compromise()];
    await underAttack(audit, attack, async () => {
      await refused(() => append(events), 'trail-unwritten', told);
      expect(await trail()).toEqual(before);
    });
    expect(await append(events)).toEqual({ sealed: 1 });
    expect(await trail()).toEqual([...before, events[0]?.eventId]);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
  });

  /** The row that the event would have, with the place of another. */
  const rowOf = (event: AuditEvent, place: ChainRow): ChainRow => ({
    ...place,
    ...event,
    details: reportedEventOf({ reporter: 'crypto-worker', partition: 'default' }, event).details,
  });
  const find = async (events: readonly EventName[]) =>
    (await instance().app.get(FindUnsealed).find(contextOf(tenantId), events)).unsealed;
  const claimed = (event: AuditEvent) =>
    audit.postgres.query(database, `INSERT INTO event_dedup VALUES ('${tenantId}', '${event.eventId}')`);

  it.each<[string, (event: AuditEvent, rows: readonly ChainRow[]) => ChainRow]>([
    [
      'another’s content far behind the end',
      ({ eventId }, [first]) => ({ ...first, eventId, seq: 900_000 }) as ChainRow,
    ],
    ['its own content far behind the end', (event, [first]) => ({ ...rowOf(event, first as ChainRow), seq: 900_000 })],
    [
      'its own content beside the first row',
      (event, [first]) => ({
        ...rowOf(event, first as ChainRow),
        sealedAt: (first?.sealedAt ?? 0) + 1000,
      }),
    ],
    [
      'its own content behind the last row',
      (event, [, last]) => ({
        ...rowOf(event, last as ChainRow),
        seq: 3,
        previousHash: last?.hash ?? Buffer.of(),
      }),
    ],
  ])('does not count as sealed by a planted row with %s', async (_, plant) => {
    const event = compromise();
    const trailRows = new ForgedTrail(audit, tenantId);
    const row = plant(event, await trailRows.rows());
    await trailRows.plant(row);
    await claimed(event);
    const unsealed = () => find([{ tenantId, eventId: event.eventId, correlationId: event.correlationId }]);
    expect(await unsealed()).toEqual([event.eventId]);
    await refused(() => append([event]), 'trail-unwritten', 'counts as sealed is not in the trail');
    await audit.tamper(`DELETE FROM sealed_event WHERE event_id = '${event.eventId}';
      DELETE FROM event_dedup WHERE event_id = '${event.eventId}'`);
    expect(await append([event])).toEqual({ sealed: 1 });
    expect(await unsealed()).toEqual([]);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
  });

  it('does not count as sealed by a forged end of the trail, to whom that asks and to whom that seals', async () => {
    const event = compromise();
    const trailRows = new ForgedTrail(audit, tenantId);
    const [, last] = await trailRows.rows();
    await trailRows.write((rows) => [...rows, { ...rowOf(event, rows[1] as ChainRow), chainSeal: null }]);
    await claimed(event);
    const { eventId, correlationId } = event;
    expect(await find([{ tenantId, eventId, correlationId }])).toEqual([eventId]);
    await refused(() => append([event]), 'trail-unwritten', 'the last seal of the trail is not genuine');
    await audit.tamper(`DELETE FROM sealed_event WHERE event_id = '${eventId}'; DELETE FROM event_dedup WHERE event_id = '${eventId}';
      UPDATE trail_head SET seq = 2, hash = '\\x${Buffer.from(last?.hash ?? []).toString('hex')}' WHERE tenant_id = '${tenantId}'`);
    expect(await append([event])).toEqual({ sealed: 1 });
    expect(await find([{ tenantId, eventId, correlationId }])).toEqual([]);
  });

  it('keeps what was sealed first when it is reported again with other content, and does not hold up others', async () => {
    const event = compromise();
    expect(await append([event])).toEqual({ sealed: 1 });
    const lost: AuditEvent = {
      ...event,
      outcome: 'unknown',
      failureCode: 'worker-lost',
      details: { custody: 'token' },
    };
    const other = compromise();
    expect(await append([lost])).toEqual({ sealed: 1 });
    expect(await append([lost, other])).toEqual({ sealed: 2 });
    const { items } = await audit.query(tenantId);
    expect(items.filter(({ eventId }) => eventId === event.eventId)).toMatchObject([{ outcome: event.outcome }]);
    expect(items.map(({ eventId }) => eventId)).toContain(other.eventId);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
  });

  it('is missed by the process that sealed it, if it is deleted at the commit', async () => {
    const attack: Attack = {
      on: 'CONSTRAINT TRIGGER attack AFTER INSERT ON sealed_event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW',
      body: `SET LOCAL session_replication_role = replica; ${putHeadBack}
        DELETE FROM sealed_event WHERE tenant_id = NEW.tenant_id AND seq = NEW.seq; RETURN NULL;`,
    };
    // Not listed in between: a listing that misses the known end compares the trails with the anchor, and finds it first.
    await underAttack(audit, attack, async () => void (await append([compromise()])));
    await refused(() => append([compromise()]), 'trail-behind', 'ends at event 2, and this process has sealed event 3');
    await expect(append([compromise()])).rejects.toMatchObject({
      detail: expect.stringContaining('does not have the last event') as unknown,
    });
    expect(await trail()).toHaveLength(2);
  });

  it('is missed by the process that sealed it, if other rows have taken its place', async () => {
    await audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq = 2;
      UPDATE trail_head h SET seq = 1, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
        WHERE h.tenant_id = '${tenantId}' AND e.tenant_id = h.tenant_id AND e.seq = 1`);
    await append(eventsOf(tenantId, 3), 1);
    expect(await audit.verify(tenantId)).toMatchObject({ checked: 4 });
    await refused(() => append([compromise()]), 'trail-behind', 'no longer has the last event');
    await expect(append([compromise()])).rejects.toMatchObject({
      detail: expect.stringContaining('does not have the last event') as unknown,
    });
    expect(await trail()).toHaveLength(4);
    await instance().app.get(TrailGuard).advance();
    await instance(1).app.get(TrailGuard).compare();
    expect(await audit.gateway.request(acceptTrails, '', contextOf(platformTenantId), {})).toMatchObject({
      accepted: true,
    });
    // If the other process accepted it, this one takes the acceptance over within a second.
    await expect.poll(() => append([compromise()]).catch(() => undefined)).toEqual({ sealed: 1 });
  });

  it('is sealed again when the rows are back', async () => {
    const where = `tenant_id = '${tenantId}'`;
    await audit.tamper(`CREATE TABLE kept AS SELECT * FROM sealed_event WHERE ${where}`);
    await new ForgedTrail(audit, tenantId).write((rows) => [
      rows[0] ?? {},
      { ...rows[0], eventId: randomUUID() },
      ...rows.slice(1),
    ]);
    await refused(() => append([compromise()]), 'trail-behind', 'no longer has the last event');
    expect(instance().app.get(TrailGuard).fault).toContain(tenantId);
    await audit.tamper(`DELETE FROM sealed_event WHERE ${where}; INSERT INTO sealed_event SELECT * FROM kept;
      UPDATE trail_head h SET seq = 2, hash = k.hash, sealed_at = k.sealed_at FROM kept k WHERE h.${where} AND k.seq = 2; DROP TABLE kept`);
    await expect.poll(() => append([compromise()]).catch(() => undefined)).toEqual({ sealed: 1 });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
  });

  it('that is sent again is found by its events', async () => {
    const events = eventsOf(tenantId, 2);
    await append(events);
    expect(await append([...events, ...eventsOf(tenantId, 1)])).toEqual({ sealed: 3 });
    await audit.postgres.query(database, `INSERT INTO event_dedup VALUES ('${tenantId}', '${randomUUID()}')`);
    expect(await trail()).toHaveLength(5);
  });

  it('takes one statement more, whatever its length', async () => {
    const named = async (events: readonly AuditEvent[]): Promise<unknown[]> => {
      // The pool gives the connection that came back last.
      const runner = instance().dataSource.createQueryRunner();
      const query = vi.spyOn((await runner.connect()) as ClientBase, 'query');
      await runner.release();
      await append(events);
      const statements = query.mock.calls.map(([statement]: readonly unknown[]) => statement);
      query.mockRestore();
      return statements.flatMap((one) => (typeof one === 'object' && one !== null && 'name' in one ? [one.name] : []));
    };
    const statements = ['lock-head', 'claim', 'append', 'read-back'];
    expect(await named(eventsOf(tenantId, 1))).toEqual(statements);
    expect(await named(eventsOf(tenantId, 200))).toEqual(statements);
  });
});
