import { randomUUID } from 'node:crypto';
import {
  type ConnectorResource,
  type Context,
  createConnector,
  deleteConnector,
  editConnector,
  getConnector,
  listConnectors,
  platformTenantId,
  resumeConnector,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { contextOf, database, eventsOf, type RunningAudit, startAudit } from '../../testing/running-audit.js';
import { ConnectorKinds } from '../kind/connector-kinds.js';
import { anySettings } from '../testing/configured-connector.js';
import { ScriptedConnector } from '../testing/scripted-connector.js';
import { ChangeConnectors } from './change-connectors.js';

const request = { name: 'SOC', settings: anySettings };

describe('the connectors of a tenant', () => {
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
  const create = (over: object = {}, of = context): Promise<ConnectorResource> =>
    audit.gateway.request(createConnector, '', of, { ...request, ...over });
  const get = (id: string, of = context) => audit.gateway.request(getConnector, '', of, { id });
  const edit = (id: string, edits: object, of = context) =>
    audit.gateway.request(editConnector.contract, '', of, { id, ...edits });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
  const operations = async () =>
    (await audit.query(context.tenantId, { order: 'asc', limit: 50 })).items.map(({ operation }) => operation);

  it('deliver from the first event on, and show how far they are', async () => {
    await audit.append(eventsOf(context.tenantId, 3));
    const { id, revision, status } = await create();
    expect(status).toMatchObject({ seq: 0, paused: false, lastError: null });
    await expect.poll(() => receiver.seqsOf(context.tenantId)).toEqual([1, 2, 3, 4]);
    await expect.poll(async () => (await get(id)).status).toMatchObject({ seq: 4, lag: 0, deadLetters: 0 });
    expect(await get(id)).toMatchObject({ id, revision, ...request, createdBy: 'spec', enabled: true });
    const { items } = await audit.gateway.request(listConnectors, '', context, {});
    expect(items.map((item) => item.id)).toEqual([id]);
  });

  it('pause with a reason, and go on when they are resumed', async () => {
    receiver.script = () => ({ result: 'pause', reason: 'HTTP 401' });
    const { id } = await create();
    await expect.poll(async () => (await get(id)).status).toMatchObject({ paused: true, lastError: 'HTTP 401' });
    receiver.script = () => ({ result: 'delivered' });
    await audit.gateway.request(resumeConnector.contract, '', context, { id });
    await expect.poll(async () => (await get(id)).status).toMatchObject({ seq: 2, paused: false, lastError: null });
    expect(await operations()).toEqual(['connector.create', 'connector.resume']);
  });

  it('change by sealed events that tell what was and what is, and lose their older rows', async () => {
    const { id, revision } = await create();
    expect(await codeOf(edit(id, { name: 'x' }, { ...context, ifMatch: 1 }))).toBe('precondition-failed');
    const settings = { ...anySettings, url: 'https://other.test' };
    const changed = await edit(id, { enabled: false, settings }, { ...context, ifMatch: revision });
    expect(changed).toMatchObject({ name: 'SOC', enabled: false, settings });
    const { items } = await audit.query(context.tenantId, { operation: 'connector.edit' });
    expect(items[0]?.details).toMatchObject({
      connectorId: id,
      enabled: 'false',
      enabledWas: 'true',
      'settings.url': settings.url,
      'settings.urlWas': anySettings.url,
    });
    const rows = () => audit.postgres.query(database, `SELECT revision::float8 FROM connector WHERE id = '${id}'`);
    expect(await rows()).toEqual([{ revision: changed.revision }]);
    expect(await audit.gateway.request(deleteConnector, '', context, { id })).toMatchObject({ id });
    expect([await rows(), await codeOf(get(id))]).toEqual([[], 'connector-not-found']);
  });

  it('are read whole while they are changed, and delivered without an alarm', async () => {
    const { id } = await create();
    let isChanging = true;
    const reading = async (read: () => Promise<unknown>): Promise<(string | undefined)[]> => {
      const codes: (string | undefined)[] = [];
      while (isChanging) codes.push(await codeOf(read()));
      return codes;
    };
    const list = () => audit.gateway.request(listConnectors, '', context, {});
    const readers = [() => get(id), list].map(reading);
    for (let round = 0; round < 20; round++) await edit(id, { name: `round ${round}` });
    isChanging = false;
    expect(new Set((await Promise.all(readers)).flat())).toEqual(new Set([undefined]));
    // A delivery that found no free connection meanwhile waits.
    await audit.gateway.request(resumeConnector.contract, '', context, { id });
    await expect.poll(async () => (await get(id)).status).toMatchObject({ lag: 0, paused: false, lastError: null });
    const pages = await Promise.all(audit.instances.map(({ health }) => health.registry.metrics()));
    expect(pages.join()).not.toContain(`record_refused_total{connector="${id}"}`);
  });

  it('are made once, whatever is repeated, and not by a dry run', async () => {
    const resourceId = randomUUID();
    const [one, same] = [await create({}, { ...context, resourceId }), await create({}, { ...context, resourceId })];
    expect([one.id, same.id, same.revision]).toEqual([resourceId, resourceId, one.revision]);
    const verdict = { dryRun: true, operation: 'connector.create', succeeds: true };
    // Also by the process that has not sealed the connector, and asks a worker what the trail says.
    for (const { app } of audit.instances)
      expect(
        await app.get(ChangeConnectors).create({ ...context, dryRun: true }, { ...request, enabled: true }),
      ).toEqual(verdict);
    expect(await operations()).toEqual(['connector.create', 'dry-run.connector.create', 'dry-run.connector.create']);
  });

  it('are those of their tenant alone', async () => {
    const { id } = await create();
    const other = contextOf(randomUUID());
    expect((await audit.gateway.request(listConnectors, '', other, {})).items).toEqual([]);
    for (const work of [
      () => get(id, other),
      () => edit(id, { name: 'x' }, other),
      () => audit.gateway.request(deleteConnector, '', other, { id }),
      () => audit.gateway.request(resumeConnector.contract, '', other, { id }),
    ])
      expect(await codeOf(work())).toBe('connector-not-found');
  });

  it('of the platform are changed by its administrators alone', async () => {
    const platform = contextOf(platformTenantId);
    expect(await codeOf(create({}, { ...platform, roles: ['tenant-admin'] }))).toBe('access-denied');
    const admin: Context = { ...platform, roles: ['platform-admin'] };
    const { id, status } = await create({ enabled: false }, admin);
    expect(status.seq).toBeNull();
    expect(await codeOf(edit(id, { enabled: true }, { ...platform, roles: ['tenant-admin', 'auditor'] }))).toBe(
      'access-denied',
    );
    await audit.gateway.request(deleteConnector, '', admin, { id });
  });

  it('are not shown and can be deleted if the database’s owner has changed them', async () => {
    const { id } = await create({ enabled: false });
    await audit.tamper(`UPDATE connector SET name = 'other' WHERE id = '${id}'`);
    expect(await codeOf(get(id))).toBe('record-forged');
    expect(await codeOf(edit(id, { enabled: true }))).toBe('record-forged');
    expect(await audit.gateway.request(deleteConnector, '', context, { id })).toMatchObject({ id });
  });
});
