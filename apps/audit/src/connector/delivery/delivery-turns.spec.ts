import { randomUUID } from 'node:crypto';
import { AnkaError, platformTenantId } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordIndexes } from '../../record/record-indexes.js';
import { eventsOf, type RunningAudit, startAudit } from '../../testing/running-audit.js';
import type { Connector } from '../connector.js';
import { ConnectorKinds } from '../kind/connector-kinds.js';
import type { ConnectorRecord } from '../store/connector.entity.js';
import { lanesDue } from '../store/cursor.sql.js';
import { anySettings, configure, nameRecord, recordOf, storeRecord } from '../testing/configured-connector.js';
import { ScriptedConnector } from '../testing/scripted-connector.js';
import { ConnectorSurroundings } from './connector-surroundings.js';

const never = (): Promise<never> => new Promise(() => undefined);
/** More than the places of a process. */
const many = 20;

describe('the turns of lanes', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let receiver: ScriptedConnector;
  let opening: () => Promise<Connector>;
  beforeAll(async () => {
    audit = await startAudit();
    vi.spyOn(ConnectorKinds.prototype, 'open').mockImplementation(() => opening());
  });
  afterAll(async () => {
    await audit.stop();
    vi.restoreAllMocks();
  });
  beforeEach(() => {
    tenantId = randomUUID();
    receiver = new ScriptedConnector();
    opening = async () => receiver;
  });
  afterEach(() => audit.tamper('DELETE FROM connector'));
  const sentTo = (last: number) =>
    expect.poll(() => receiver.seqsOf(tenantId)).toEqual(Array.from({ length: last }, (_, index) => index + 1));

  /** Ways in which a lane is due for ever and is never taken, over the lanes of a tenant that stand so. */
  const idle: readonly (readonly [string, (record: ConnectorRecord) => Promise<unknown>])[] = [
    ['was turned off', ({ tenantId: owner, id }) => configure(audit, recordOf(owner, { id, enabled: false }))],
    ['was deleted', (record) => nameRecord(audit, record, true)],
    ['was stored and never sealed', async () => undefined],
  ];
  it.each(idle)(
    'come to a lane behind more lanes than there are places, each of a connector that %s',
    async (_, make) => {
      await configure(audit, recordOf(tenantId, { settings: { ...anySettings, url: 'https://used.test' } }));
      await sentTo(1);
      for (let count = 0; count < many; count++) {
        const record = recordOf(tenantId);
        await storeRecord(audit, record);
        await make(record);
      }
      const events = eventsOf(tenantId, 2);
      await audit.append(events);
      await expect
        .poll(() => receiver.taken.get(tenantId)?.map(({ eventId }) => eventId))
        .toEqual(expect.arrayContaining(events.map(({ eventId }) => eventId)));
    },
  );

  it('come to a lane behind those of tenants whose trails cannot be read', async () => {
    await configure(audit, recordOf(tenantId));
    await sentTo(1);
    const { heads } = RecordIndexes.prototype;
    const unreadable = vi.spyOn(RecordIndexes.prototype, 'heads').mockImplementation(function (
      this: RecordIndexes,
      context,
    ) {
      if (context.tenantId === tenantId || context.principal !== 'audit') return heads.call(this, context);
      return Promise.reject(new AnkaError('service-unavailable'));
    });
    for (let count = 0; count < many; count++) {
      const owner = randomUUID();
      await audit.append(eventsOf(owner, 1));
      await storeRecord(audit, recordOf(owner));
    }
    await audit.append(eventsOf(tenantId, 2));
    await sentTo(3);
    unreadable.mockRestore();
  });

  it('alternate between connectors, whatever the number of lanes of one', async () => {
    const { dataSource } = audit.instances[0] ?? expect.unreachable();
    const platform = recordOf(platformTenantId);
    // Stored and not sealed: they stay due, and nobody takes them.
    await storeRecord(audit, platform);
    await storeRecord(audit, recordOf(tenantId));
    await audit.append([
      ...eventsOf(tenantId, 1),
      ...Array.from({ length: many }, () => eventsOf(randomUUID(), 1)).flat(),
    ]);
    const lanes = await lanesDue(dataSource, []);
    expect(lanes.slice(0, 2).map(({ owner }) => owner)).toContain(tenantId);
    expect(lanes.filter(({ connectorId }) => connectorId === platform.id).length).toBe(8);
    expect((await lanesDue(dataSource, [platform.id])).map(({ connectorId }) => connectorId)).not.toContain(
      platform.id,
    );
  });

  it.each([
    ['a receiver that never answers', (held: ScriptedConnector) => void (held.script = never)],
    ['a connection that is never made', (held: ScriptedConnector) => void (held.prepare = never)],
    ['a connector that is never open', () => void (opening = never)],
  ])('end after a bounded time: %s', async (_, hold) => {
    const patience = vi.spyOn(ConnectorSurroundings.prototype, 'patienceMs', 'get').mockReturnValue(2_000);
    const held = new ScriptedConnector();
    opening = async () => held;
    hold(held);
    const told = audit.instances.map(({ app }) => vi.spyOn(app.get(ConnectorSurroundings).log, 'error'));
    await configure(audit, recordOf(tenantId));
    await expect
      .poll(() =>
        told
          .flatMap(({ mock }) => mock.calls)
          .some(([about]) => (about as { tenantId?: string }).tenantId === tenantId),
      )
      .toBe(true);
    opening = async () => receiver;
    // The other process may have opened the connector that holds it up, too: it finds out by itself.
    await sentTo(1);
    patience.mockRestore();
    expect(held.seqsOf(tenantId)).toEqual([]);
  });

  it('say of a connector whose secret is missing that it delivers nothing', async () => {
    const told = audit.instances.map(({ app }) => vi.spyOn(app.get(ConnectorSurroundings).log, 'error'));
    const reason = 'The secret token of the tenant cannot be read: ENOENT';
    opening = () => Promise.reject(new Error(reason));
    const { id } = await configure(audit, recordOf(tenantId));
    await expect
      .poll(() => told.flatMap(({ mock }) => mock.calls.map(([about]) => about)))
      .toContainEqual({ alarm: 'connector-paused', tenantId, connector: id, reason });
    const pages = await Promise.all(audit.instances.map(({ health }) => health.registry.metrics()));
    expect(pages.some((page) => page.includes(`ankasecure_connector_events_total{connector="${id}"`))).toBe(true);
  });

  it('say of a delivery that was given up that it was, and try it again later', async () => {
    const patience = vi.spyOn(ConnectorSurroundings.prototype, 'patienceMs', 'get').mockReturnValue(2_000);
    receiver.script = never;
    const { id } = await configure(audit, recordOf(tenantId));
    const cursor = () =>
      audit.postgres.query(
        'ankadb_audit',
        `SELECT seq::int, last_error, paused FROM connector_cursor WHERE connector_id = '${id}'`,
      );
    await expect
      .poll(async () => (await cursor())[0])
      .toMatchObject({ seq: 0, paused: false, last_error: expect.stringContaining('did not end') as string });
    patience.mockRestore();
  });
});
