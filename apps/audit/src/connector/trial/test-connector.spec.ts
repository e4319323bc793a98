import { randomUUID } from 'node:crypto';
import {
  auditEvent,
  type ConnectorResource,
  type Context,
  createConnector,
  platformTenantId,
  testConnector,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppendEvents } from '../../event/append-events.js';
import { ProvePage } from '../../proof/prove-page.js';
import { contextOf, eventsOf, type RunningAudit, startAudit } from '../../testing/running-audit.js';
import { DeliveryDatabase } from '../delivery/delivery-database.js';
import { ConnectorKinds } from '../kind/connector-kinds.js';
import { anySettings } from '../testing/configured-connector.js';
import { ScriptedConnector } from '../testing/scripted-connector.js';
import { readOwnEvent } from './own-event.js';

describe('the test of a connector', () => {
  let audit: RunningAudit;
  let context: Context;
  let receiver: ScriptedConnector;
  beforeAll(async () => {
    audit = await startAudit();
    vi.spyOn(ConnectorKinds.prototype, 'open').mockImplementation(async () => receiver);
  });
  afterAll(async () => {
    await audit.stop();
    vi.restoreAllMocks();
  });
  beforeEach(() => {
    context = contextOf(randomUUID());
    receiver = new ScriptedConnector();
  });
  const create = (over: object = {}): Promise<ConnectorResource> => {
    const request = { name: 'SOC', settings: anySettings, ...over };
    return audit.gateway.request(createConnector, '', context, request);
  };
  const test = (id: string, of = context) => audit.gateway.request(testConnector.contract, '', of, { id });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: { code: string }) => error.code,
    );

  it('sends an event of the trail at once, and the same one in its turn', async () => {
    await audit.append(eventsOf(context.tenantId, 3));
    const { id } = await create();
    await expect.poll(() => receiver.seqsOf(context.tenantId)).toEqual([1, 2, 3, 4]);
    const { eventId, seq, ...rest } = await test(id);
    expect(rest).toMatchObject({ id, result: 'delivered', reason: null, tookMs: expect.any(Number) as number });
    await expect.poll(() => receiver.seqsOf(context.tenantId)).toEqual([1, 2, 3, 4, 5, 5]);
    const [first, second] = receiver.taken.get(context.tenantId)?.slice(4) ?? [];
    expect(second).toEqual(first);
    expect(first).toMatchObject({ eventId, seq, operation: 'connector.test', details: { connectorId: id } });
    const { items } = await audit.query(context.tenantId, { operation: 'connector.test' });
    expect(items).toEqual([{ ...first, sealedAt: expect.any(String) as string }]);
  });

  it('works for a connector that is off, and moves nothing', async () => {
    const { id } = await create({ enabled: false });
    receiver.script = () => ({ result: 'pause', reason: 'HTTP 401' });
    expect(await test(id)).toMatchObject({ seq: 2, result: 'pause', reason: 'HTTP 401' });
    expect(receiver.sent.get(context.tenantId)).toEqual([[2]]);
  });

  it('runs once at a time for a tenant', async () => {
    const { id } = await create({ enabled: false });
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    receiver.script = async () => {
      await answered;
      return { result: 'delivered' };
    };
    // One process may have both, and refuses the second.
    const running = Promise.allSettled(audit.instances.map(() => test(id)));
    await expect.poll(() => receiver.sent.get(context.tenantId)?.length).toBeGreaterThan(0);
    // Requests are shared among processes, each of which refuses a second one.
    const refused = await Promise.all(Array.from({ length: 12 }, () => codeOf(Promise.race([test(id), answered]))));
    expect(refused).toContain('service-unavailable');
    answer();
    await running;
  });

  it('is for who may change the connector', async () => {
    const { id } = await create({ enabled: false });
    expect(await codeOf(test(id, contextOf(randomUUID())))).toBe('connector-not-found');
    expect(await codeOf(test(id, contextOf(platformTenantId)))).toBe('access-denied');
    await audit.tamper(`UPDATE connector SET name = 'other' WHERE id = '${id}'`);
    expect(await codeOf(test(id))).toBe('record-forged');
    expect(receiver.sent.size).toBe(0);
  });

  it.each(['user_id', 'operation', 'correlation_id', 'details', 'hmac'])(
    'sends no event whose %s the database’s owner has changed',
    async (column) => {
      const [one] = audit.instances;
      if (one === undefined) expect.unreachable();
      const [appender, pages] = [one.app.get(AppendEvents), one.app.get(ProvePage)];
      const { dataSource } = one.app.get(DeliveryDatabase);
      const sealed = auditEvent(context, { operation: 'connector.test', details: { connectorId: randomUUID() } });
      await appender.sealOwn(context, sealed);
      const read = () => readOwnEvent(dataSource, pages, context, sealed);
      expect(await read()).toMatchObject({ eventId: sealed.eventId });
      const value = column === 'details' ? `'{}'` : column === 'hmac' ? `decode(repeat('00', 32), 'hex')` : `'forged'`;
      await audit.tamper(`UPDATE sealed_event SET ${column} = ${value} WHERE event_id = '${sealed.eventId}'`);
      expect(await read()).toBeUndefined();
    },
  );
});
