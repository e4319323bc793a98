import { randomUUID } from 'node:crypto';
import {
  type Context,
  createConnector,
  getConnector,
  maxReplay,
  platformTenantId,
  replayConnector,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { contextOf, eventsOf, type RunningAudit, startAudit } from '../../testing/running-audit.js';
import { ChangeConnectors } from '../change/change-connectors.js';
import type { DeliveredEvent, EncodedEvent, Outcome } from '../connector.js';
import { ConnectorKinds } from '../kind/connector-kinds.js';
import { anySettings } from '../testing/configured-connector.js';
import { ScriptedConnector } from '../testing/scripted-connector.js';

/** Notes which events said that they are repeats, in the order in which they arrived. */
class Marking extends ScriptedConnector {
  readonly arrived: (readonly [seq: number, isRepeat: boolean])[] = [];
  override async send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    const outcome = await super.send(events, signal);
    if (outcome.result === 'delivered')
      for (const { body } of events) {
        const { seq, repeat } = JSON.parse(body.toString()) as DeliveredEvent;
        this.arrived.push([seq, repeat === true]);
      }
    return outcome;
  }
}

describe('the replay of a connector', () => {
  let audit: RunningAudit;
  let context: Context;
  let receiver: Marking;
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
    receiver = new Marking();
  });
  const replay = (id: string, asked: object, of = context) =>
    audit.gateway.request(replayConnector.contract, '', of, { id, ...asked });
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
    );
  const statusOf = async (id: string) => (await audit.gateway.request(getConnector, '', context, { id })).status;
  /** A connector that has delivered that many events and the one of its creation. */
  const delivered = async (count: number): Promise<string> => {
    await audit.append(eventsOf(context.tenantId, count));
    const request = { name: 'SOC', settings: anySettings };
    const { id } = await audit.gateway.request(createConnector, '', context, request);
    await expect.poll(async () => (await statusOf(id)).seq).toBe(count + 1);
    return id;
  };
  const range = (first: number, last: number, isRepeat: boolean) =>
    Array.from({ length: last - first + 1 }, (_, index) => [first + index, isRepeat] as const);

  it.each([1, 2, 13, 21])('delivers again from event %i on, says so, and goes on', async (fromSeq) => {
    const id = await delivered(20);
    expect(receiver.arrived).toEqual(range(1, 21, false));
    expect(await replay(id, { fromSeq })).toEqual({ id, tenantId: context.tenantId, fromSeq, untilSeq: 21 });
    await expect.poll(async () => (await statusOf(id)).seq).toBe(22);
    // The event of the replay itself is new.
    expect(receiver.arrived.slice(21)).toEqual([...range(fromSeq, 21, true), [22, false]]);
    const { items } = await audit.query(context.tenantId, { operation: 'connector.replay' });
    expect(items.map(({ details }) => details)).toMatchObject([
      { connectorId: id, ofTenant: context.tenantId, fromSeq: String(fromSeq), untilSeq: '21' },
    ]);
  });

  it('begins with what was sealed at a time or later', async () => {
    const id = await delivered(4);
    const { items } = await audit.query(context.tenantId, { order: 'asc' });
    await audit.append(eventsOf(context.tenantId, 3));
    await expect.poll(async () => (await statusOf(id)).seq).toBe(8);
    const last = Date.parse(items.at(-1)?.sealedAt ?? '');
    expect(await replay(id, { from: new Date(last + 1).toISOString() })).toMatchObject({ fromSeq: 6, untilSeq: 8 });
    expect(await refusal(replay(id, { from: '2999-01-01T00:00:00Z' }))).toContain('Nothing was delivered');
    expect(await replay(id, { from: '2000-01-01T00:00:00Z' })).toMatchObject({ fromSeq: 1 });
  });

  it('that is repeated says of all that it is a repeat, up to where it was', async () => {
    const id = await delivered(5);
    await replay(id, { fromSeq: 4 });
    expect(await replay(id, { fromSeq: 2 })).toMatchObject({ untilSeq: 6 });
    await expect.poll(async () => (await statusOf(id)).seq).toBe(8);
    expect(receiver.arrived.slice(-7)).toEqual([...range(2, 6, true), [7, false], [8, false]]);
  });

  it('takes the lane from a delivery that hangs, whose late end moves nothing', async () => {
    const id = await delivered(3);
    const { promise: late, resolve: end } = Promise.withResolvers<void>();
    receiver.script = async () => {
      await late;
      return { result: 'delivered' };
    };
    const before = receiver.sent.get(context.tenantId)?.length ?? 0;
    await audit.append(eventsOf(context.tenantId, 2));
    await expect.poll(() => receiver.sent.get(context.tenantId)?.length).toBe(before + 1);
    await replay(id, { fromSeq: 2 });
    receiver.script = () => ({ result: 'delivered' });
    end();
    await expect.poll(async () => (await statusOf(id)).seq).toBe(7);
    const again = receiver.arrived.slice(-6);
    expect(again).toEqual([...range(2, 4, true), ...range(5, 7, false)]);
  });

  it('tries dead letters again', async () => {
    receiver.script = (seqs) =>
      seqs.includes(2) ? { result: 'poison', reason: 'HTTP 400', at: seqs.indexOf(2) } : { result: 'delivered' };
    const id = await delivered(3);
    expect(await statusOf(id)).toMatchObject({ deadLetters: 1 });
    receiver.script = () => ({ result: 'delivered' });
    await replay(id, { fromSeq: 2 });
    expect(await statusOf(id)).toMatchObject({ deadLetters: 0 });
    await expect.poll(() => receiver.arrived.some(([seq, isRepeat]) => seq === 2 && isRepeat)).toBe(true);
  });

  it('is refused beyond what was delivered, for too many events, and for others’ events', async () => {
    const id = await delivered(3);
    const other = contextOf(randomUUID());
    for (const asked of [{}, { fromSeq: 1, from: '2026-01-01T00:00:00Z' }, { fromSeq: 0 }, { from: 'yesterday' }])
      expect(replayConnector.contract.request.safeParse({ id, ...asked }).success).toBe(false);
    expect(await refusal(replay(id, { fromSeq: 5 }))).toContain('request-invalid: Nothing was delivered');
    expect(await refusal(replay(id, { fromSeq: 1, tenantId: other.tenantId }))).toContain('request-invalid: Only');
    expect(await refusal(replay(id, { fromSeq: 1 }, other))).toContain('connector-not-found');
    expect(await refusal(replay(id, { fromSeq: 1 }, contextOf(platformTenantId)))).toContain('access-denied');
    await audit.tamper(`UPDATE connector_cursor SET seq = ${maxReplay + 4} WHERE connector_id = '${id}'`);
    expect(await refusal(replay(id, { fromSeq: 1 }))).toContain('Begin with event 5 or later');
  });

  it('is tried by a dry run, which moves nothing', async () => {
    const id = await delivered(3);
    const asked: Context = { ...context, dryRun: true };
    for (const { app } of audit.instances)
      expect(await app.get(ChangeConnectors).replay(asked, id, { fromSeq: 1 })).toMatchObject({ succeeds: true });
    await expect.poll(async () => (await statusOf(id)).seq).toBe(6);
    expect(receiver.arrived).toEqual(range(1, 6, false));
  });

  it('begins at no place that the HSM does not vouch for', async () => {
    const id = await delivered(6);
    await audit.tamper(
      `UPDATE sealed_event SET user_id = 'forged' WHERE tenant_id = '${context.tenantId}' AND seq = 3`,
    );
    expect(await refusal(replay(id, { fromSeq: 4 }))).toContain('service-unavailable: Event 3');
    expect((await statusOf(id)).seq).toBe(7);
  });

  it('of the platform’s connector is about one tenant', async () => {
    const platform: Context = { ...contextOf(platformTenantId), roles: ['platform-admin'] };
    await audit.append(eventsOf(context.tenantId, 3));
    const request = { name: 'SOC', settings: anySettings };
    const { id } = await audit.gateway.request(createConnector, '', platform, request);
    await expect.poll(() => receiver.seqsOf(context.tenantId)).toEqual([1, 2, 3]);
    const asked = { fromSeq: 2, tenantId: context.tenantId };
    expect(await replay(id, asked, platform)).toEqual({ id, ...asked, untilSeq: 3 });
    await expect.poll(() => receiver.seqsOf(context.tenantId)).toEqual([1, 2, 3, 2, 3]);
  });
});
