import { randomUUID } from 'node:crypto';
import {
  type AnkaError,
  type AuditEvent,
  appendFromGateway,
  findUnsealed,
  type OfferedEvent,
  offeredEvent,
  platformTenantId,
} from '@ankasecure/contracts';
import { testProof } from '@ankasecure/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  contextOf,
  database,
  eventOf,
  eventsOf,
  proven,
  type RunningAudit,
  startAudit,
} from '../testing/running-audit.js';

type Field = keyof typeof offeredEvent.shape;

const [tenantId, other] = [randomUUID(), randomUUID()];

/** Another value of each member of an event. A member that is added later needs one. */
const edits: Readonly<Record<Field, unknown>> = {
  eventId: randomUUID(),
  tenantId: other,
  userId: 'mallory',
  keyId: null,
  algorithm: null,
  operation: 'key.resume',
  outcome: 'failure',
  failureCode: 'key-state',
  occurredAt: 1,
  correlationId: 'another',
  details: { custody: 'token', version: '2' },
  proof: { process: randomUUID(), mac: 'A'.repeat(43) },
};

describe('an event in an outbox that its service did not write', () => {
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());
  let genuine: OfferedEvent;
  beforeEach(() => {
    [genuine] = proven([eventOf(tenantId)]) as [OfferedEvent];
  });

  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'sealed',
      (error: unknown) => (error as AnkaError).code,
    );
  const offer = (...events: readonly unknown[]) => codeOf(audit.offer(events as OfferedEvent[]));
  const sealed = async (id = tenantId) => (await audit.query(id, { limit: 200 })).items;
  const isSealed = async (eventId: string) => (await sealed()).some((event) => event.eventId === eventId);

  it('has an edit of every member here', () => {
    expect(Object.keys(edits).toSorted()).toEqual(Object.keys(offeredEvent.shape).toSorted());
  });

  it.each(Object.entries(edits))('is refused if %s was changed', async (name, value) => {
    expect(await offer({ ...genuine, [name]: value })).toBe('event-unproven');
    expect(await isSealed(genuine.eventId)).toBe(false);
    expect((await sealed(other)).filter(({ operation }) => operation !== 'outbox.reject')).toEqual([]);
    expect(await offer(genuine)).toBe('sealed');
  });

  it.each(['proof', 'details'])('is refused if %s was taken away', async (name) => {
    const { [name as 'proof']: _, ...stripped } = genuine;
    expect(await offer(stripped)).toBe('event-unproven');
    expect(await isSealed(genuine.eventId)).toBe(false);
  });

  it('is refused with one detail less, and with one more', async () => {
    const named = { ...eventOf(tenantId).details, 'record.1': `key_version 7 ${'A'.repeat(43)} ACTIVE x/1` };
    const [event] = proven([eventOf(tenantId, { details: named })]) as [OfferedEvent];
    const { 'record.1': _, ...rest } = named;
    expect(await offer({ ...event, details: rest })).toBe('event-unproven');
    expect(await offer({ ...genuine, details: { ...genuine.details, 'record.1': named['record.1'] } })).toBe(
      'event-unproven',
    );
  });

  it('is refused with the proof of another event, process, service or partition', async () => {
    const event = eventOf(tenantId);
    const [second] = proven([eventOf(tenantId)]) as [OfferedEvent];
    const swapped = { ...genuine, proof: second.proof };
    expect(await offer(swapped)).toBe('event-unproven');
    const foreign = { ...genuine, proof: { process: randomUUID(), mac: genuine.proof?.mac } };
    expect(await offer(foreign)).toBe('event-unproven');
    for (const proof of [testProof('gateway'), testProof('crypto-worker', 'north'), testProof('policy')])
      expect(await offer(...proven([event], proof))).toBe('event-unproven');
    const issued = eventOf(tenantId, { operation: 'issuer.create' });
    const gateway = (events: OfferedEvent[]) =>
      codeOf(audit.gateway.request(appendFromGateway, '', contextOf(platformTenantId), { events }));
    expect(await gateway(proven([issued]))).toBe('event-unproven');
    expect(await gateway(proven([issued], testProof('policy')))).toBe('event-unproven');
    expect(await gateway(proven([issued], testProof('gateway')))).toBe('sealed');
  });

  it('takes its batch along until the relay has found it, and counts', async () => {
    const refused = async (): Promise<number> => {
      const texts = await Promise.all(audit.instances.map(({ health }) => health.registry.metrics()));
      const counts = texts.flatMap((text) => [...text.matchAll(/events_refused_total\{.*reason="proof".*\} (\d+)/g)]);
      return counts.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await refused();
    const others = proven(eventsOf(tenantId, 3));
    expect(await offer(...others, { ...genuine, userId: 'mallory' })).toBe('event-unproven');
    expect(await isSealed(others[0]?.eventId ?? '')).toBe(false);
    expect((await refused()) - before).toBe(1);
    expect(await offer(...others)).toBe('sealed');
  });

  it('is on record in the trail of its tenant, at most once in ten minutes', async () => {
    const own = randomUUID();
    const [first, second] = [eventOf(own), eventOf(own)];
    for (const event of [first, second, first]) expect(await offer(event)).toBe('event-unproven');
    await expect.poll(async () => (await sealed(own)).length).toBeGreaterThan(0);
    const events = await sealed(own);
    // Each instance of the audit service tells once.
    expect(events.length).toBeLessThanOrEqual(audit.instances.length);
    for (const event of events)
      expect(event).toMatchObject({
        operation: 'outbox.reject',
        outcome: 'failure',
        failureCode: 'event-unproven',
        userId: 'audit',
        details: { reporter: 'crypto-worker', partition: 'default', count: '1', reportedBy: 'audit' },
      });
    expect(await audit.verify(own)).toMatchObject({ valid: true });
  });

  it('costs no worker a call if its process is known', async () => {
    for (let round = 0; round < 4; round++) await audit.append(eventsOf(tenantId, 2));
    const before = audit.macs.keysAsked;
    for (let round = 0; round < 8; round++) await audit.append(eventsOf(tenantId, 2));
    expect(audit.macs.keysAsked).toBe(before);
  });

  it('is not sealed with its proof, and its copy is sealed once', async () => {
    expect(await offer(genuine)).toBe('sealed');
    expect(await offer(genuine)).toBe('sealed');
    const copies = (await sealed()).filter(({ eventId }) => eventId === genuine.eventId);
    expect(copies).toHaveLength(1);
    expect(JSON.stringify(copies)).not.toContain(genuine.proof?.mac);
  });

  it('is named as unsealed, and what is sealed is not; a row of the list of known ids proves nothing', async () => {
    const event: AuditEvent = eventOf(tenantId);
    const ask = async () => {
      const events = [event, genuine].map(({ correlationId, ...of }) => ({
        tenantId: of.tenantId,
        eventId: of.eventId,
        correlationId,
      }));
      return (await audit.gateway.request(findUnsealed, '', contextOf(platformTenantId), { events })).unsealed;
    };
    await offer(genuine);
    expect(await ask()).toEqual([event.eventId]);
    await audit.postgres.query(database, 'INSERT INTO event_dedup (tenant_id, event_id) VALUES ($1, $2)', [
      tenantId,
      event.eventId,
    ]);
    expect(await ask()).toEqual([event.eventId]);
  });

  it('whose id was taken out of the list of sealed ids is sealed a second time, and changes no record’s head', async () => {
    const own = randomUUID();
    const at = (revision: number, digest: string): AuditEvent =>
      eventOf(own, { details: { 'record.1': `key ${revision} ${digest.repeat(43)} - 1` } });
    const [old] = proven([at(1, 'A')]) as [OfferedEvent];
    expect(await offer(old)).toBe('sealed');
    expect(await offer(...proven([at(2, 'B')]))).toBe('sealed');
    await audit.tamper(`DELETE FROM event_dedup WHERE event_id = '${old.eventId}'`);
    expect(await offer(old)).toBe('sealed');
    expect((await sealed(own)).filter(({ eventId }) => eventId === old.eventId)).toHaveLength(2);
    const heads = await audit.postgres.query(database, 'SELECT revision::int FROM record_head WHERE tenant_id = $1', [
      own,
    ]);
    expect(heads).toEqual([{ revision: 2 }]);
    expect(await audit.verify(own)).toMatchObject({ valid: true });
  });
});
