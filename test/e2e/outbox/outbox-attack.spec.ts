import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Key, type OfferedEvent, offeredEvent } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../harness/client.js';
import { scrape } from '../harness/metric.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import { AttackedOutbox, type HeldRow } from './attacked-outbox.js';

let rig: OwnRig;
let tenant: Tenant;
let other: Tenant;
let key: Key;
beforeAll(async () => {
  rig = await startOwnRig({ workers: 1 });
  [tenant, other] = [await newTenant(rig), await newTenant(rig)];
  key = await tenant.createKey({ algorithm: 'EC-P256' });
});
afterAll(() => rig.stop());

const metric = async (process: string, name: string): Promise<number> => {
  const url = rig.observability[process] ?? expect.unreachable();
  return (await scrape(url)).filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0);
};

/** The three databases with an outbox, the process that reports from it, and a request that leaves one event there. */
const databases = {
  ankadb_gateway: {
    process: 'gateway',
    reporter: 'gateway',
    operation: 'subject.exclude',
    request: () => tenant.admin.post('/exclusions', { issuer: 'https://a.test', subject: randomUUID() }),
  },
  ankadb_policy: {
    process: 'policy',
    reporter: 'policy',
    operation: 'policy.put',
    request: () => tenant.changePolicy({ fipsOnly: false }),
  },
  ankadb_keys: {
    process: 'crypto-worker-1',
    reporter: 'crypto-worker',
    operation: 'sign',
    request: () => tenant.admin.post('/sign', { keyId: key.id, payload: 'AAAA' }),
  },
} as const;
type Attacked = keyof typeof databases;
const names = Object.keys(databases) as Attacked[];
const outboxOf = (name: Attacked) => new AttackedOutbox(rig, name);
const hold = (name: Attacked): Promise<HeldRow> => {
  const { operation, request } = databases[name];
  return outboxOf(name).hold(operation, request);
};
const firstOf = ({ events: [event] }: HeldRow): OfferedEvent => event ?? expect.unreachable();

type Field = keyof typeof offeredEvent.shape;

/**
 * Every member of an event × {another value, none}. Null stands for a member that a schema does not let miss: the event is refused
 * all the same. A new member needs an entry.
 */
const edits: Readonly<Record<Field, (event: OfferedEvent) => unknown>> = {
  eventId: () => randomUUID(),
  tenantId: () => other.id,
  userId: () => 'mallory',
  keyId: ({ keyId }) => (keyId === null ? randomUUID() : null),
  algorithm: ({ algorithm }) => (algorithm === null ? 'EC-P256' : null),
  operation: ({ operation }) => `${operation}x`,
  outcome: ({ outcome }) => (outcome === 'failure' ? 'success' : 'failure'),
  failureCode: ({ failureCode }) => (failureCode === null ? 'key-state' : null),
  occurredAt: ({ occurredAt }) => occurredAt - 1,
  correlationId: () => 'forged',
  details: ({ details }) => ({ ...details, 'record.9': `key 9 ${'A'.repeat(43)} - x` }),
  proof: ({ proof }) => ({ ...proof, process: randomUUID() }),
};

/** The forged rows made of one genuine event, by what was done to it. All must be refused. */
const forgeries = (event: OfferedEvent, foreign: OfferedEvent): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(
    (Object.keys(edits) as Field[]).flatMap((name) => {
      const { [name]: _, ...rest } = event;
      return [
        [`${name} edited`, { ...event, [name]: edits[name](event) }],
        [`${name} stripped`, name === 'tenantId' ? { ...rest, tenantId: null } : rest],
      ];
    }),
  ),
  'forged without a proof': { ...event, eventId: randomUUID(), proof: undefined },
  'forged with the proof of another event': { ...event, eventId: randomUUID() },
  'forged with an empty proof': { ...event, proof: { process: event.proof?.process, mac: '' } },
  'another tenant’s proof': { ...event, proof: foreign.proof },
});

/** Texts that cost more memory than a process has, or nearly so, by what they have much of; as SQL. */
const costly: Readonly<Record<string, string>> = {
  'small objects, in a row that was once allowed': `'[' || repeat('{},', 10400000) || '{}]'`,
  'small objects': `'[' || repeat('{},', 1390000) || '{}]'`,
  'small arrays in a member': `'[{"tenantId":"' || tenant_id || '","a":[' || repeat('[],', 1390000) || '[]]}]'`,
  levels: `repeat('[', 2000000) || repeat(']', 2000000)`,
  members: `'[{"tenantId":"' || tenant_id || '"' || (SELECT string_agg(',"' || n || '":1', '') FROM generate_series(1, 390000) n) || '}]'`,
  numbers: `'[' || repeat('1,', 2000000) || '1]'`,
  text: `'[{"tenantId":"' || tenant_id || '","a":"' || repeat('é', 2000000) || '"}]'`,
  events: `'[' || repeat('{"tenantId":"' || tenant_id || '"},', 80000) || '{}]'`,
};

describe.each(names)('the owner of %s', (name) => {
  const { reporter, process, operation } = databases[name];
  const startedAt = (): Promise<number> => metric(process, 'process_start_time_seconds');

  it('ends no process by rows that no process has room for', async () => {
    const outbox = outboxOf(name);
    const row = await hold(name);
    const start = await startedAt();
    expect(start).toBeGreaterThan(0);
    const ids: string[] = [];
    for (const text of Object.values(costly)) ids.push(...(await outbox.putText(text, row)));
    ids.push(...(await outbox.putText(`${costly['small objects']}`, row, 40)));
    ids.push(...(await outbox.putText(`${costly['text']}`, row, 40)));
    await outbox.release(row);
    expect(await outbox.settled([...ids, row.id], 180_000)).toEqual(new Set(ids));
    const sealed = await eventsOf(tenant.admin, { correlationId: firstOf(row).correlationId });
    expect(sealed.filter((event) => event.operation === operation)).toHaveLength(1);
    expect(await startedAt()).toBe(start);
    await outbox.clear();
  });

  it('has an edit of every member of an event', () => {
    expect(Object.keys(edits).toSorted()).toEqual(Object.keys(offeredEvent.shape).toSorted());
  });

  it('cannot have an event sealed that the service did not write, or not so', async () => {
    const outbox = outboxOf(name);
    const row = await hold(name);
    const genuine = firstOf(row);
    const forged = forgeries(genuine, firstOf(await hold(name)));
    const ids = new Map<string, string>();
    for (const [what, event] of Object.entries(forged)) ids.set(what, await outbox.put([event], row));
    const refused = await outbox.settled([...ids.values()]);
    expect([...ids].filter(([, id]) => !refused.has(id)).map(([what]) => what)).toEqual([]);
    const own = await eventsOf(tenant.admin, { correlationId: genuine.correlationId });
    expect(own.filter((event) => event.operation === operation)).toEqual([]);
    expect(await eventsOf(tenant.admin, { correlationId: 'forged' })).toEqual([]);
    expect(await eventsOf(tenant.admin, { userId: 'mallory' })).toEqual([]);
    expect(await metric('audit', 'ankasecure_audit_events_refused_total')).toBeGreaterThan(0);
    const told = await eventually('the refusal on record', async () =>
      (await eventsOf(tenant.admin, { operation: 'outbox.reject' })).find(
        ({ details }) => details['reporter'] === reporter,
      ),
    );
    expect(told).toMatchObject({ userId: 'audit', outcome: 'failure', failureCode: 'event-unproven' });
    await outbox.release(row);
    await outbox.settled([row.id]);
    const sealed = await eventsOf(tenant.admin, { correlationId: genuine.correlationId });
    expect(sealed.filter((event) => event.operation === operation)).toHaveLength(1);
    await outbox.clear();
  });

  it('gains nothing by copying a row back, or by swapping two', async () => {
    const outbox = outboxOf(name);
    const [one, two] = [await hold(name), await hold(name)];
    await outbox.release(one, two.events);
    await outbox.release(two, one.events);
    await outbox.settled([]);
    for (const row of [one, two]) await outbox.put(row.events, row);
    expect(await outbox.settled([one.id, two.id])).toEqual(new Set());
    for (const row of [one, two]) {
      const sealed = await eventsOf(tenant.admin, { correlationId: firstOf(row).correlationId });
      expect(sealed.filter(({ eventId }) => eventId === firstOf(row).eventId)).toHaveLength(1);
    }
    expect(await verification(tenant.admin)).toMatchObject({ valid: true });
  });

  it('cannot put an event of another service into its outbox', async () => {
    const outbox = outboxOf(name);
    for (const elsewhere of names.filter((one) => one !== name)) {
      const foreign = await hold(elsewhere);
      const id = await outbox.put(foreign.events, await hold(name));
      expect(await outbox.settled([id])).toEqual(new Set([id]));
      await outboxOf(elsewhere).clear();
    }
    await outbox.clear();
  });

  it('is found out after deleting a row', async () => {
    const outbox = outboxOf(name);
    const before = await metric(process, 'ankasecure_outbox_lost_total');
    const row = await hold(name);
    await outbox.sql('DELETE FROM outbox WHERE id = $1', [row.id]);
    await eventually(
      'the alarm',
      async () => (await metric(process, 'ankasecure_outbox_lost_total')) > before,
      150_000,
    );
    const told = await eventually('the loss on record', async () =>
      (await eventsOf(tenant.admin, { operation: 'outbox.lose' })).find(
        ({ details }) => details['reportedBy'] === reporter,
      ),
    );
    expect(told).toMatchObject({ userId: reporter, outcome: 'failure', failureCode: 'event-lost' });
  });
});

/** What was possible before events had proofs. */
describe('the known attacks', () => {
  it('a stripped record.N is not sealed, and the alarm is on record', async () => {
    const outbox = outboxOf('ankadb_keys');
    const victim = await tenant.createKey({ algorithm: 'EC-P256' });
    const row = await outbox.hold('key.suspend', () => tenant.admin.post(`/keys/${victim.id}/suspend`, {}));
    const { details, ...event } = firstOf(row);
    expect(Object.keys(details ?? {})).toContain('record.1');
    const left = Object.fromEntries(Object.entries(details ?? {}).filter(([member]) => !member.startsWith('record.')));
    await outbox.release(row, [{ ...event, details: left }]);
    expect(await outbox.settled([row.id])).toEqual(new Set([row.id]));
    expect(await eventsOf(tenant.admin, { keyId: victim.id, operation: 'key.suspend' })).toEqual([]);
    await outbox.release(row, row.events);
    expect(await outbox.settled([row.id])).toEqual(new Set());
    expect(await eventsOf(tenant.admin, { keyId: victim.id, operation: 'key.suspend' })).toHaveLength(1);
  });

  it('a forged subject.readmit does not let a subject in again whose exclusion was deleted', async () => {
    const outbox = outboxOf('ankadb_gateway');
    const mallory = await tenant.as(['user'], 'mallory');
    const { iss } = JSON.parse(
      Buffer.from(
        (await rig.mint({ tenantId: tenant.id, subject: 'x', roles: [] })).split('.')[1] ?? '',
        'base64url',
      ).toString(),
    ) as { iss: string };
    const { id } = await tenant.admin.post<{ id: string }>('/exclusions', { issuer: iss, subject: 'mallory' });
    await outbox.settled([]);
    expect(outcomeOf(await mallory.send('GET', '/keys'))).toBe('authentication-required');
    const [record] = await outbox.sql('SELECT record_revision::float8 AS at FROM excluded_subject WHERE id = $1', [id]);
    const row = await hold('ankadb_gateway');
    const readmit = {
      ...firstOf(row),
      eventId: randomUUID(),
      operation: 'subject.readmit',
      details: { exclusionId: id, 'record.1': `excluded_subject ${Number(record?.['at']) + 1} deleted - ${id}` },
    };
    const forged = await outbox.put([readmit], row);
    expect(await outbox.settled([forged])).toEqual(new Set([forged]));
    const [kept] = await outbox.sql(
      'DELETE FROM excluded_subject WHERE id = $1 RETURNING excluded_subject::text AS row',
      [id],
    );
    await outbox.sql('UPDATE identity_epoch SET revision = revision + 1');
    // The trail tells whom the exclusion names. A gateway compares what it has read with the trail each minute.
    for (let second = 0; second < 75; second++) {
      expect(outcomeOf(await mallory.send('GET', '/keys'))).toBe('authentication-required');
      await delay(1000);
    }
    await outbox.sql('INSERT INTO excluded_subject SELECT ($1::excluded_subject).*', [kept?.['row']]);
    await outbox.clear();
  });
});
