import { randomUUID } from 'node:crypto';
import { canonicalBytes, type EventMac } from '@ankasecure/audit-event';
import {
  type AnkaError,
  type AuditEvent,
  appendFromGateway,
  appendFromPolicy,
  appendFromWorker,
  type OfferedEvent,
  platformTenantId,
  type Reporter,
} from '@ankasecure/contracts';
import type { OutboxProof } from '@ankasecure/service-kit';
import { testProof } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmac, macKeyIdOf } from '../testing/mac-stand-in.js';
import { contextOf, database, eventOf, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';

/**
 * The fate of an event with a MAC that its process has made. `taken`: it is sealed under that MAC. `made again`: it is sealed
 * under a MAC that a worker is asked for. `distrusted`: so too, and no MAC of the process is believed any more. `refused`: the event
 * is not sealed.
 */
type Outcome = 'taken' | 'made again' | 'distrusted' | 'refused';
type Proof = NonNullable<OfferedEvent['proof']>;

let audit: RunningAudit;
beforeAll(async () => {
  audit = await startAudit();
});
afterAll(() => audit.stop());

const macOf = (event: AuditEvent, macKeyId: string, keyOf = event.tenantId, named = macKeyId): EventMac => ({
  macKeyId: named,
  hmac: hmac(keyOf, macKeyId, canonicalBytes(event)),
});
/** The MAC under a key that the tenant has. */
const genuine = (event: AuditEvent, macKeyId: string): EventMac => {
  audit.macs.hold(event.tenantId, macKeyId);
  return macOf(event, macKeyId);
};
const today = () => macKeyIdOf(1);

/** MACs by whose they are, and what becomes of a worker's event with a genuine proof that binds one. */
const made: Readonly<Record<string, readonly [(event: AuditEvent) => EventMac, Outcome]>> = {
  'the tenant’s of today': [(event) => genuine(event, today()), 'taken'],
  'the tenant’s of yesterday': [(event) => genuine(event, macKeyIdOf(1, 1)), 'taken'],
  'the tenant’s of tomorrow': [(event) => genuine(event, macKeyIdOf(1, -1)), 'taken'],
  'the tenant’s of three days ago': [(event) => genuine(event, macKeyIdOf(1, 3)), 'made again'],
  'the tenant’s of three days ahead': [(event) => genuine(event, macKeyIdOf(1, -3)), 'made again'],
  'the tenant’s of no day': [(event) => genuine(event, '1.hsm'), 'made again'],
  'the tenant’s under an id of no form': [(event) => genuine(event, 'x.2026-11-30'), 'made again'],
  'the tenant’s of a day that does not exist': [(event) => genuine(event, '1.2026-13-32'), 'made again'],
  'another tenant’s': [(event) => (genuine(event, today()), macOf(event, today(), randomUUID())), 'distrusted'],
  'another day’s in the name of today': [
    (event) => (genuine(event, today()), macOf(event, macKeyIdOf(1, 1), event.tenantId, today())),
    'distrusted',
  ],
  'another event’s': [(event) => genuine({ ...event, userId: 'mallory' }, today()), 'distrusted'],
  'another generation’s, which the tenant does not have': [(event) => macOf(event, macKeyIdOf(7)), 'distrusted'],
  'altered by a bit': [
    (event) => {
      const { macKeyId, hmac: mac } = genuine(event, today());
      return { macKeyId, hmac: Buffer.from(mac.map((byte, index) => (index === 31 ? byte ^ 1 : byte))) };
    },
    'distrusted',
  ],
};

/** Proofs by how they bind the MAC. The first is genuine. @returns the proof as it is offered */
const labels: Readonly<Record<string, (withMac: Proof, without: Proof, foreign: Proof) => Proof>> = {
  'in its proof': (withMac) => withMac,
  'beside a proof that does not bind it': ({ macKeyId, hmac: mac }, without) => ({ ...without, macKeyId, hmac: mac }),
  'taken out of its proof': ({ process, mac }) => ({ process, mac }),
  'without its key’s id': ({ macKeyId: _, ...rest }) => rest,
  'without the MAC': ({ hmac: _, ...rest }) => rest,
  'cut short': ({ hmac: mac = '', ...rest }) => ({ ...rest, hmac: mac.slice(0, -2) }),
  'with another key’s id': (withMac) => ({
    ...withMac,
    macKeyId: macKeyIdOf(1, 1) === withMac.macKeyId ? today() : macKeyIdOf(1, 1),
  }),
  'with another process’s proof': ({ process, ...rest }, _, foreign) => ({ ...rest, process, mac: foreign.mac }),
};

const proofOf = (by: OutboxProof, event: AuditEvent, mac: EventMac | undefined): Proof => {
  by.takesMacs = true;
  by.macs = { of: () => mac };
  const { proof } = JSON.parse(by.textOf(event)) as OfferedEvent;
  return proof ?? expect.unreachable();
};

const contracts = { gateway: appendFromGateway, policy: appendFromPolicy, 'crypto-worker': appendFromWorker };
const operations = { gateway: 'issuer.create', policy: 'policy.put', 'crypto-worker': 'sign' };
const partitionOf = (reporter: Reporter) => (reporter === 'crypto-worker' ? 'default' : '');

const offer = (reporter: Reporter, events: readonly OfferedEvent[]) =>
  audit.buses[reporter === 'crypto-worker' ? 'worker' : reporter]
    .request(contracts[reporter], partitionOf(reporter), contextOf(platformTenantId), { events: [...events] })
    .then(
      () => 'sealed',
      (error: unknown) => (error as AnkaError).code,
    );

const refused = async (reason: string): Promise<number> => {
  const texts = await Promise.all(audit.instances.map(({ health }) => health.registry.metrics()));
  const counts = texts.flatMap((text) => [
    ...text.matchAll(new RegExp(`events_refused_total\\{.*reason="${reason}".*\\} (\\d+)`, 'g')),
  ]);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
};
const requestsOf = (tenantId: string) => audit.macs.requests.filter((request) => request.tenantId === tenantId);
const rowsOf = async (tenantId: string) => {
  const select = 'SELECT event_id, mac_key_id, operation FROM sealed_event WHERE tenant_id = $1 ORDER BY seq';
  const rows = await audit.postgres.query(database, select, [tenantId]);
  return rows.map((row) => ({
    eventId: row['event_id'],
    macKeyId: row['mac_key_id'],
    operation: row['operation'],
  }));
};

/** Offers an event, and tells by its traces what has become of it. */
const outcomeOf = async (reporter: Reporter, event: AuditEvent, proof: Proof): Promise<Outcome> => {
  const [falseBefore, unprovenBefore] = [await refused('mac'), await refused('proof')];
  const code = await offer(reporter, [{ ...event, proof }]);
  const { tenantId, eventId } = event;
  const row = (await rowsOf(tenantId)).find((one) => one.eventId === eventId);
  const requests = requestsOf(tenantId);
  if (row === undefined) {
    expect([code, (await refused('proof')) - unprovenBefore]).toEqual(['event-unproven', 1]);
    return 'refused';
  }
  expect([code, (await refused('proof')) - unprovenBefore]).toEqual(['sealed', 0]);
  if ((await refused('mac')) > falseBefore) {
    await expect
      .poll(async () => (await rowsOf(tenantId)).map(({ operation }) => operation))
      .toContain('outbox.reject');
    expect((await audit.query(tenantId, { operation: 'outbox.reject' })).items).toMatchObject([
      { failureCode: 'event-unproven', details: { falseMacBy: proof.process, firstEvent: eventId, reporter } },
    ]);
    return 'distrusted';
  }
  const isTaken = row.macKeyId === proof.macKeyId && !requests.some(({ macKeyId }) => macKeyId === null);
  // One request, for the seal and for what tells that the MAC is genuine.
  if (isTaken) expect(requests).toEqual([{ tenantId, macKeyId: row.macKeyId, messages: 2 }]);
  else
    expect(requests).toEqual([
      expect.objectContaining({ macKeyId: null, messages: 1 }),
      expect.objectContaining({ messages: 1 }),
    ]);
  return isTaken ? 'taken' : 'made again';
};

describe('an event whose process has made its MAC', () => {
  const expected = (reporter: Reporter, label: string, outcome: Outcome): Outcome => {
    if (label !== 'in its proof') return 'refused';
    return reporter === 'crypto-worker' ? outcome : 'made again';
  };
  const reporters: readonly Reporter[] = ['crypto-worker', 'gateway', 'policy'];
  const cases = reporters.flatMap((reporter) =>
    Object.entries(made).flatMap(([whose, [mac, outcome]]) =>
      Object.entries(labels).map(([label, bind]) => ({
        reporter,
        whose,
        label,
        mac,
        bind,
        outcome: expected(reporter, label, outcome),
      })),
    ),
  );

  it.each(cases)('of $reporter, $whose, $label, is $outcome', async ({ reporter, mac, bind, outcome }) => {
    const event = eventOf(randomUUID(), { operation: operations[reporter] });
    const [by, foreign] = [testProof(reporter, partitionOf(reporter)), testProof(reporter, partitionOf(reporter))];
    const own = mac(event);
    const proof = bind(proofOf(by, event, own), proofOf(by, event, undefined), proofOf(foreign, event, own));
    expect(await outcomeOf(reporter, event, proof)).toBe(outcome);
    if (outcome !== 'refused') expect(await audit.verify(event.tenantId)).toMatchObject({ valid: true, reason: null });
  });
});

describe('a batch of events whose process has made their MACs', () => {
  const withMacs = (
    by: OutboxProof,
    events: readonly AuditEvent[],
    mac = (event: AuditEvent) => genuine(event, today()),
  ) => events.map((event) => ({ ...event, proof: proofOf(by, event, mac(event)) }));
  const worker = () => testProof('crypto-worker', 'default');

  it('costs one request for each tenant', async () => {
    const tenants = [randomUUID(), randomUUID()];
    const by = worker();
    const events = tenants.flatMap((tenantId) => eventsOf(tenantId, 40));
    expect(await offer('crypto-worker', withMacs(by, events))).toBe('sealed');
    for (const tenantId of tenants) {
      expect(requestsOf(tenantId)).toEqual([{ tenantId, macKeyId: today(), messages: 2 }]);
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 40 });
    }
  });

  it('is sealed together with events of a process that has not, and of one whose MACs are of the day before', async () => {
    const tenantId = randomUUID();
    const by = worker();
    const plain = eventsOf(tenantId, 3).map((event) => ({ ...event, proof: proofOf(by, event, undefined) }));
    const before = withMacs(by, eventsOf(tenantId, 3), (event) => genuine(event, macKeyIdOf(1, 1)));
    const events = [
      ...withMacs(by, eventsOf(tenantId, 3)),
      ...plain,
      ...before,
      ...withMacs(by, eventsOf(tenantId, 3)),
    ];
    for (const order of [events, events.toReversed().map((event) => ({ ...event, eventId: event.eventId }))])
      expect(await offer('crypto-worker', order)).toBe('sealed');
    expect((await rowsOf(tenantId)).map(({ macKeyId }) => macKeyId)).toEqual(
      events.map(({ proof }) => proof.macKeyId ?? today()),
    );
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 12 });
  });

  it('is checked by one request more if its seal is under the key of another day', async () => {
    const tenantId = randomUUID();
    const by = worker();
    const before = withMacs(by, eventsOf(tenantId, 1), (event) => ({
      ...genuine(event, macKeyIdOf(1, 1)),
      hmac: Buffer.alloc(32),
    }));
    const [last] = eventsOf(tenantId, 1).map((event) => ({ ...event, proof: proofOf(by, event, undefined) }));
    const count = await refused('mac');
    expect(await offer('crypto-worker', [...before, last ?? expect.unreachable()])).toBe('sealed');
    expect((await refused('mac')) - count).toBe(1);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
  });

  it('raises one alarm for its process, whose later events are sealed under MACs that workers are asked for', async () => {
    const by = worker();
    const count = await refused('mac');
    for (let round = 0; round < 12; round++) {
      const tenantId = randomUUID();
      expect(
        await offer(
          'crypto-worker',
          withMacs(by, eventsOf(tenantId, 2), (event) => macOf(event, macKeyIdOf(9))),
        ),
      ).toBe('sealed');
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
    }
    // Each instance of the audit service learns of it by itself.
    expect((await refused('mac')) - count).toBeLessThanOrEqual(audit.instances.length);
  });

  it('of which one MAC is false is found out by every verification, if not when it is sealed', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 60 && seen.size < 2; round++) {
      const tenantId = randomUUID();
      const [first, second] = eventsOf(tenantId, 2) as [AuditEvent, AuditEvent];
      const by = worker();
      const events = [
        ...withMacs(by, [first]),
        ...withMacs(by, [second], (event) => ({ ...genuine(event, today()), hmac: Buffer.alloc(32) })),
      ];
      expect(await offer('crypto-worker', events)).toBe('sealed');
      const { valid, firstBadSeq, reason } = await audit.verify(tenantId);
      if (!valid) expect({ firstBadSeq, reason }).toEqual({ firstBadSeq: 2, reason: 'hmac-mismatch' });
      seen.add(valid ? 'found when it was sealed' : 'found by a verification');
    }
    expect([...seen].toSorted()).toEqual(['found by a verification', 'found when it was sealed']);
  });
});
