import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, listRecordHeads, platformTenantId, recordChangesOf, recordDetails } from '@ankasecure/contracts';
import { BusClient, HistoryWatch } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { call } from '../testing/call.js';
import { startRememberingPair } from '../testing/remembering-pair.js';
import type { Gateway, Rig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';

/** What the owner of `ankadb_gateway` does with the row of an exclusion: statements that do not see it, or its deletion. */
const lies: Readonly<Record<string, string | null>> = {
  'its row is hidden from lists': `current_query() NOT LIKE '%FROM "excluded_subject"%' OR current_query() LIKE '%"id" =%'`,
  'its row is hidden from every query but that of its making': `current_query() LIKE 'INSERT%' OR current_query() LIKE '%"id" =%'`,
  'its row is deleted': null,
};
/** How the owner of `ankadb_audit` has the trail answer: at once, or later than a process waits that can do without. */
const trails: Readonly<Record<string, number>> = { 'the trail answers': 0, 'the trail answers late': 1500 };

let rig: Rig;
let gateway: Gateway;
let other: Gateway;
beforeAll(async () => {
  ({ rig, gateway, other } = await startRememberingPair());
});
const show = () => rig.postgres.query('ankadb_gateway', 'DROP POLICY IF EXISTS hidden ON excluded_subject');
afterEach(async () => {
  vi.restoreAllMocks();
  await show();
});
afterAll(() => rig.stop());

/** Has lists of the trail wait before they are answered, at one gateway. */
const slow = (at: Gateway, ms: number) => {
  const bus = at.app.get(BusClient);
  const { request } = bus;
  vi.spyOn(bus, 'request').mockImplementation(async (contract, partition, context, body) => {
    const asked = request.call(bus, contract, partition, context, body);
    if ((contract as unknown) !== listRecordHeads || ms === 0) return asked;
    const left = Math.max(0, context.deadline - performance.now());
    await delay(Math.min(ms, left));
    return left < ms ? request.call(bus, contract, partition, { ...context, deadline: 0 }, body) : asked;
  });
};
/** Has a gateway get no list of the trail. */
const silence = (at: Gateway) => {
  const bus = at.app.get(BusClient);
  const { request } = bus;
  vi.spyOn(bus, 'request').mockImplementation(async (contract, ...asked) => {
    if ((contract as unknown) === listRecordHeads) throw new AnkaError('service-unavailable', 'silent');
    return request.call(bus, contract, ...asked);
  });
};
const callers = async (tenant: string) => ({
  admin: await rig.issuer.token({ sub: `admin-${randomUUID()}`, ...asTenant(tenant, 'tenant-admin') }),
  fired: `fired-${randomUUID()}`,
});
const read = async (token: string, at: Gateway) => (await call(at, 'GET', '/api/v1/keys', { token })).status;
const exclude = async (admin: string, subject: string): Promise<void> => {
  const body = JSON.stringify({ issuer: rig.issuer.issuer, subject });
  const made = await call(gateway, 'POST', '/api/v1/exclusions', { token: admin, body });
  expect(made.status, made.text).toBe(201);
};
const hide = async (lie: string): Promise<void> => {
  const shown = lies[lie];
  if (shown === null) return;
  await rig.postgres.query(
    'ankadb_gateway',
    `CREATE POLICY hidden ON excluded_subject AS RESTRICTIVE FOR SELECT USING (${shown})`,
  );
};
const lose = async (lie: string, subject: string): Promise<void> => {
  if (lies[lie] !== null) return;
  await rig.postgres.query(
    'ankadb_gateway',
    `DELETE FROM excluded_subject WHERE subject = '${subject}'; UPDATE identity_epoch SET revision = revision + 1`,
  );
};
const isSealed = (subject: string) => rig.standIns.sealed.some(({ details }) => details?.['subject'] === subject);

const cases = Object.keys(lies).flatMap((lie) => Object.keys(trails).map((trail) => [lie, trail] as const));

describe('an exclusion that the database does not show', () => {
  it.each(cases)('is in force on the gateway that made it, at once: %s, %s', async (lie, trail) => {
    const { admin, fired } = await callers(tenantA);
    const token = await rig.issuer.token({ sub: fired, ...asTenant(tenantA, 'user') });
    expect(await read(token, gateway)).toBe(200);
    slow(gateway, trails[trail] as number);
    await hide(lie);
    await exclude(admin, fired);
    await lose(lie, fired);
    for (let look = 0; look < 3; look++) expect(await read(token, gateway)).not.toBe(200);
  });

  it.each(cases)('is in force on another once it has compared, for its subject alone: %s, %s', async (lie, trail) => {
    const { admin, fired } = await callers(tenantA);
    const token = await rig.issuer.token({ sub: fired, ...asTenant(tenantA, 'user') });
    for (const one of [token, admin]) expect(await read(one, other)).toBe(200);
    slow(other, trails[trail] as number);
    await hide(lie);
    await exclude(admin, fired);
    await lose(lie, fired);
    await expect.poll(() => isSealed(fired)).toBe(true);
    await other.app.get(HistoryWatch).compare();
    await expect.poll(() => read(token, other)).toBe(401);
    await expect.poll(() => read(admin, other)).toBe(200);
  });
});

describe('a platform administrator who is shut out and whose row is deleted', () => {
  it('repairs nothing, and no restore readmits them', async () => {
    const { admin, fired } = await callers(platformTenantId);
    const token = await rig.issuer.token({ sub: fired, ...asTenant(platformTenantId, 'platform-admin') });
    const operator = await rig.issuer.token({ sub: 'operator', ...asTenant(platformTenantId, 'platform-admin') });
    const path = `/api/v1/tenants/${platformTenantId}/restore`;
    const restore = (at: Gateway, by: string) => call(at, 'POST', path, { token: by, body: '{}' });
    await exclude(admin, fired);
    await expect.poll(() => isSealed(fired)).toBe(true);
    await lose('its row is deleted', fired);
    for (const at of [gateway, other, await rig.gateway()]) {
      await at.app.get(HistoryWatch).compare();
      expect((await restore(at, token)).status).toBe(401);
    }
    const restored = await restore(gateway, operator);
    expect(restored.status, restored.text).toBe(200);
    await gateway.app.get(HistoryWatch).compare();
    expect((await restore(gateway, token)).status).toBe(401);
  });

  it('is readmitted by shutting them out again and ending that', async () => {
    const { admin, fired } = await callers(tenantA);
    const token = await rig.issuer.token({ sub: fired, ...asTenant(tenantA, 'user') });
    await exclude(admin, fired);
    await expect.poll(() => isSealed(fired)).toBe(true);
    await lose('its row is deleted', fired);
    await gateway.app.get(HistoryWatch).compare();
    expect(await read(token, gateway)).toBe(401);
    await exclude(admin, fired);
    const { items } = JSON.parse((await call(gateway, 'GET', '/api/v1/exclusions', { token: admin })).text) as {
      items: { id: string; subject: string }[];
    };
    const id = items.find(({ subject }) => subject === fired)?.id;
    expect((await call(gateway, 'DELETE', `/api/v1/exclusions/${id}`, { token: admin })).status).toBe(200);
    await expect.poll(() => read(token, gateway)).toBe(200);
  });
});

describe('while nothing tells whom the platform has shut out, a gateway that has just started', () => {
  /** Takes what the trail tells of exclusions away. */
  const silences: Readonly<Record<string, (at: Gateway) => unknown>> = {
    'the trail does not answer': silence,
    'the trail names an exclusion and not whom it shuts out': () => {
      const made = rig.standIns.sealed.find(
        ({ operation, tenantId }) => operation === 'subject.exclude' && tenantId === platformTenantId,
      );
      const changes = recordChangesOf(made?.details ?? {}) ?? [];
      const unnamed = changes.map(({ state: _, ...change }) => ({ ...change, id: randomUUID() }));
      rig.standIns.sealed.push({
        ...(made ?? expect.unreachable()),
        eventId: randomUUID(),
        details: recordDetails(unnamed),
      });
    },
  };
  const callersOf = async () => {
    const { admin, fired } = await callers(platformTenantId);
    const tokenOf = (sub: string) => rig.issuer.token({ sub, ...asTenant(platformTenantId, 'platform-admin') });
    return {
      admin,
      fired,
      byFired: await tokenOf(fired),
      named: await tokenOf('repairer'),
      other: await tokenOf(`other-${fired}`),
    };
  };
  const lookAt = (at: Gateway) => async (token: string) => {
    const answer = await call(at, 'GET', '/api/v1/tenants', { token });
    return answer.status;
  };

  it.each(Object.keys(silences).flatMap((silence) => [true, false].map((isLost) => [silence, isLost] as const)))(
    'lets those repair whom the configuration names: %s, the row is deleted: %s',
    async (how, isLost) => {
      const { admin, fired, byFired, named, other: unnamed } = await callersOf();
      await exclude(admin, fired);
      await expect.poll(() => isSealed(fired)).toBe(true);
      if (isLost) await lose('its row is deleted', fired);
      const fresh = await rig.gateway();
      const sealed = rig.standIns.sealed.length;
      silences[how]?.(fresh);
      const look = lookAt(fresh);
      try {
        expect(await look(byFired)).toBe(isLost && how === 'the trail does not answer' ? 503 : 401);
        expect(await look(unnamed)).toBe(503);
        expect(await look(named)).toBe(200);
        const create = await call(fresh, 'POST', '/api/v1/tenants', { token: named, body: '{"slug":"x","name":"X"}' });
        expect(create.status).toBeGreaterThanOrEqual(500);
      } finally {
        vi.restoreAllMocks();
        rig.standIns.sealed.splice(sealed);
      }
      await expect.poll(() => look(byFired)).toBe(401);
      await expect.poll(() => look(unnamed)).toBe(200);
    },
    60_000,
  );

  it('lets nobody repair whom the database still names, even if the configuration does', async () => {
    const { admin, named } = await callersOf();
    await exclude(admin, 'repairer');
    const fresh = await rig.gateway();
    silence(fresh);
    expect(await lookAt(fresh)(named)).toBe(401);
  });
});
