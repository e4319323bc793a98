import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { macKeyIdOf } from '../testing/mac-stand-in.js';
import { database, eventOf, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';

describe('appending events', () => {
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());

  const trailOf = (tenantId: string) =>
    audit.postgres.query(database, 'SELECT seq::int, event_id FROM sealed_event WHERE tenant_id = $1 ORDER BY seq', [
      tenantId,
    ]);
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      (error: unknown) => (error as AnkaError).code,
    );

  it('seals events in the given order and returns every field', async () => {
    const tenantId = randomUUID();
    const awkward: Partial<AuditEvent> = {
      userId: 'Zoë "\\ {},\n漢字 𐍈 NULL',
      correlationId: 'a\tb',
      details: { '{"': '\\x00"' },
    };
    const events = [
      eventOf(tenantId, awkward),
      eventOf(tenantId, { keyId: null, algorithm: null }),
      ...eventsOf(tenantId, 3),
    ];
    expect(await audit.append(events)).toEqual({ sealed: 5 });
    const { items } = await audit.query(tenantId, { order: 'asc' });
    expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(items.map(({ eventId }) => eventId)).toEqual(events.map(({ eventId }) => eventId));
    expect(items[0]).toMatchObject(awkward);
    expect(items[1]).toMatchObject({ keyId: null, algorithm: null, failureCode: null, details: { custody: 'token' } });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 5, untilSeq: 5 });
  });

  it('seals an event once, even if it arrives repeatedly and at several instances', async () => {
    const tenantId = randomUUID();
    const events = eventsOf(tenantId, 10);
    await audit.append([...events.slice(0, 6), ...events.slice(2, 4)]);
    expect(await audit.append([...events, ...events])).toEqual({ sealed: 20 });
    await Promise.all([audit.append(events), audit.append(events)]);
    expect((await trailOf(tenantId)).map((row) => row['event_id'])).toEqual(events.map(({ eventId }) => eventId));
  });

  it('leaves no gap and no duplicate when two instances seal the same tenants at once', async () => {
    const tenants = [randomUUID(), randomUUID()];
    const batches = Array.from({ length: 40 }, (_, index) => {
      const tenantId = tenants[index % 2] ?? '';
      return index % 5 === 0 ? [...eventsOf(tenantId, 20), ...eventsOf(tenants[0] ?? '', 5)] : eventsOf(tenantId, 25);
    });
    const sealed = await Promise.all(batches.map((batch) => audit.append(batch)));
    expect(sealed.reduce((sum, reply) => sum + reply.sealed, 0)).toBe(1000);
    let total = 0;
    for (const tenantId of tenants) {
      const rows = await trailOf(tenantId);
      expect(rows.map((row) => row['seq'])).toEqual(rows.map((_, index) => index + 1));
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: rows.length });
      total += rows.length;
    }
    expect(total).toBe(1000);
    const metrics = await Promise.all(audit.instances.map(({ health }) => health.registry.getMetricsAsJSON()));
    const served = metrics.map((all) => all.find(({ name }) => name === 'ankasecure_audit_events_sealed_total'));
    expect(served.every((metric) => (metric?.values[0]?.value ?? 0) > 0)).toBe(true);
  });

  it('seals the events of one tenant when another tenant fails', async () => {
    const [sound, broken] = [randomUUID(), randomUUID()];
    audit.macs.failures.set(broken, new AnkaError('hsm-unavailable'));
    const batch = [eventOf(broken), ...eventsOf(sound, 3)];
    expect(await codeOf(audit.append(batch))).toBe('hsm-unavailable');
    expect(await trailOf(sound)).toHaveLength(3);
    expect(await trailOf(broken)).toHaveLength(0);
    audit.macs.failures.clear();
    await audit.append(batch);
    expect(await trailOf(sound)).toHaveLength(3);
    expect(await trailOf(broken)).toHaveLength(1);
  });

  it('seals nothing and fails as retryable when no worker computes MACs', async () => {
    const tenantId = randomUUID();
    audit.macs.hangs = true;
    const error = await audit.append(eventsOf(tenantId, 2), 300).catch((reason: unknown) => reason as AnkaError);
    audit.macs.hangs = false;
    expect(error).toMatchObject({ code: 'deadline-exceeded', retryable: true });
    await delay(50);
    expect(await trailOf(tenantId)).toHaveLength(0);
  });

  it.each([
    ['the events', 1],
    ['the seal of the batch', 2],
  ])('asks another worker when one dies during the MACs of %s', async (_, time) => {
    const tenantId = randomUUID();
    audit.macs.swallow(time);
    const start = performance.now();
    expect(await audit.append(eventsOf(tenantId, 2))).toEqual({ sealed: 2 });
    expect(performance.now() - start).toBeGreaterThan(1500);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 2 });
  });

  it('puts one seal on the last event of each batch', async () => {
    const tenantId = randomUUID();
    const events = eventsOf(tenantId, 6);
    await audit.append(events.slice(0, 3));
    await audit.append(events.slice(2, 4));
    await audit.append(events);
    const seals = await audit.postgres.query(
      database,
      `SELECT seq::int, chain_seal_from::int AS from, length(chain_seal) AS bytes FROM sealed_event
       WHERE tenant_id = $1 AND chain_seal IS NOT NULL ORDER BY seq`,
      [tenantId],
    );
    expect(seals).toEqual([
      { seq: 3, from: 1, bytes: 32 },
      { seq: 4, from: 4, bytes: 32 },
      { seq: 6, from: 5, bytes: 32 },
    ]);
  });

  it('refuses to seal under the MAC key of another day, which every verification would reject', async () => {
    const tenantId = randomUUID();
    audit.macs.macKeyId = macKeyIdOf(1, 3);
    const code = await codeOf(audit.append(eventsOf(tenantId, 2)));
    audit.macs.macKeyId = macKeyIdOf(1);
    expect(code).toBe('service-unavailable');
    expect(await trailOf(tenantId)).toHaveLength(0);
  });

  it('refuses an invalid event and seals nothing of its batch', async () => {
    const tenantId = randomUUID();
    for (const bad of [
      { userId: '' },
      { userId: 'a\ud800' },
      { correlationId: 'a\0' },
      { occurredAt: 0.5 },
      { details: { 'a\0': 'b' } },
    ])
      expect(await codeOf(audit.offer([...eventsOf(tenantId, 2), eventOf(tenantId, bad)]))).toBe('request-invalid');
    expect(await trailOf(tenantId)).toHaveLength(0);
  });

  it('stores the key id of each MAC when the key changes between batches', async () => {
    const tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 2));
    audit.macs.macKeyId = macKeyIdOf(2);
    await audit.append(eventsOf(tenantId, 2));
    audit.macs.macKeyId = macKeyIdOf(1);
    const { items } = await audit.query(tenantId, { order: 'asc' });
    expect(items.map(({ macKeyId }) => macKeyId)).toEqual([1, 1, 2, 2].map((of) => macKeyIdOf(of)));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
  });
});
