import { randomUUID } from 'node:crypto';
import { recordChangesOf } from '@ankasecure/contracts';
import { HistoryWatch } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.js';
import { startRememberingPair } from '../testing/remembering-pair.js';
import type { Gateway, Rig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';
import type { Exclusion } from './exclusion.contract.js';

let admin: string;
let rig: Rig;
let gateway: Gateway;
let other: Gateway;
beforeAll(async () => {
  ({ rig, gateway, other } = await startRememberingPair());
  admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
});

const sql = (text: string) =>
  rig.postgres.query('ankadb_gateway', `${text}; UPDATE identity_epoch SET revision = revision + 1`);

afterAll(() => rig.stop());

/** What the owner of `ankadb_gateway` has done with the row, and how they undo it. */
const rows: Readonly<
  Record<string, { readonly deed: (id: string) => string; readonly undo?: (id: string) => string }>
> = {
  'is there': { deed: () => 'SELECT 1' },
  'is deleted': { deed: (id) => `DELETE FROM excluded_subject WHERE id = '${id}'` },
  'is altered': {
    deed: (id) => `UPDATE excluded_subject SET subject = subject || '-' WHERE id = '${id}'`,
    undo: (id) => `UPDATE excluded_subject SET subject = rtrim(subject, '-') WHERE id = '${id}'`,
  },
};

const send = async (method: string, path: string, at = gateway, token = admin, body?: string) => {
  const answer = await call(at, method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
};
const tokenOf = (sub: string) => rig.issuer.token({ sub, ...asTenant(tenantA, 'user') });
const read = async (subject: string, at: Gateway) =>
  (await call(at, 'GET', '/api/v1/keys', { token: await tokenOf(subject) })).status;
/** The exclusions that a gateway lists; they may take several pages. */
const listed = async (at: Gateway): Promise<unknown> => {
  const { status, body } = await send('GET', '/exclusions?limit=200', at);
  return status === 200 ? body['items'] : body['code'];
};
const isDeletedOnRecord = (exclusionId: string) =>
  rig.standIns.sealed.some(({ details }) =>
    recordChangesOf(details ?? {})?.some(({ id, digest }) => id === exclusionId && digest === null),
  );

/** What a deed gives by what has become of the row: the member `kept` of the exclusion, or the code of the refusal. */
const uses: Readonly<Record<string, (made: Exclusion, at: Gateway) => Promise<unknown>>> = {
  list: async ({ id }, at) => {
    const all = await listed(at);
    return Array.isArray(all) ? (all as Exclusion[]).find((one) => one.id === id) : all;
  },
  get: async ({ id }, at) => {
    const { status, body } = await send('GET', `/exclusions/${id}`, at);
    return status === 200 ? body : body['code'];
  },
  restore: async ({ id }, at) => {
    const root = await rig.issuer.token({
      sub: 'root',
      ...asTenant('00000000-0000-7000-8000-000000000000', 'platform-admin'),
    });
    const { status, body } = await send('POST', `/tenants/${tenantA}/restore`, at, root, '{}');
    if (status !== 200) return body['code'];
    return (body['records'] as { id: string; outcome: string }[]).find((one) => one.id === id)?.outcome ?? 'not named';
  },
  delete: async ({ id }, at) => {
    const { status, body } = await send('DELETE', `/exclusions/${id}`, at);
    return status === 200 ? body : body['code'];
  },
};

const expected: Readonly<Record<string, Readonly<Record<string, (made: Exclusion) => unknown>>>> = {
  'is there': { list: (made) => made, get: (made) => made, restore: () => 'not named', delete: (made) => made },
  'is deleted': {
    list: (made) => keptOf(made),
    get: (made) => keptOf(made),
    restore: () => 'kept',
    delete: (made) => keptOf(made),
  },
  'is altered': {
    list: () => 'record-forged',
    get: () => 'record-forged',
    restore: () => 'record-forged',
    delete: () => 'record-forged',
  },
};
const keptOf = ({ id, tenantId, digest }: Exclusion): Exclusion => ({
  id,
  tenantId,
  issuer: null,
  subject: null,
  reason: null,
  createdBy: null,
  createdAt: null,
  kept: 'trail',
  digest,
});

const exclude = async (subject: string): Promise<Exclusion> => {
  const body = JSON.stringify({ issuer: rig.issuer.issuer, subject, reason: 'gone' });
  const made = await send('POST', '/exclusions', gateway, admin, body);
  expect(made.status).toBe(201);
  await expect.poll(() => rig.standIns.sealed.some(({ details }) => details?.['subject'] === subject)).toBe(true);
  return made.body as unknown as Exclusion;
};

describe.each(Object.keys(rows))('an exclusion whose row %s', (row) => {
  it.each(Object.keys(uses))('%s', async (use) => {
    const subject = `fired-${randomUUID()}`;
    const made = await exclude(subject);
    expect(made).toMatchObject({ kept: 'database', subject });
    await sql(rows[row]?.deed(made.id) as string);
    await other.app.get(HistoryWatch).compare();
    for (const at of use === 'delete' ? [other] : [gateway, other])
      expect(await uses[use]?.(made, at)).toEqual(expected[row]?.[use]?.(made));
    const undo = rows[row]?.undo;
    if (undo !== undefined) await sql(undo(made.id));
    // Whatever has become of the row, the subject stays out until the exclusion is deleted, and every gateway admits it then.
    if (use !== 'delete' || undo !== undefined) {
      for (const at of [gateway, other]) await expect.poll(() => read(subject, at)).toBe(401);
      expect((await send('DELETE', `/exclusions/${made.id}`)).status).toBe(200);
    }
    for (const at of [gateway, other]) await expect.poll(() => read(subject, at)).toBe(200);
    await expect.poll(() => isDeletedOnRecord(made.id)).toBe(true);
    for (const at of [gateway, other]) {
      await at.app.get(HistoryWatch).compare();
      expect(await read(subject, at)).toBe(200);
      expect(await listed(at)).not.toContainEqual(expect.objectContaining({ id: made.id }));
      expect((await send('DELETE', `/exclusions/${made.id}`, at)).body['code']).toBe('exclusion-not-found');
    }
  });
});

describe('an exclusion that the trail alone keeps', () => {
  it('is told by each restore, which puts nothing more on record for it', async () => {
    const made = await exclude(`fired-${randomUUID()}`);
    await sql(rows['is deleted']?.deed(made.id) as string);
    const events = () => rig.standIns.sealed.filter(({ operation }) => operation === 'record.restore').length;
    const before = events();
    for (let call = 0; call < 2; call++) expect(await uses['restore']?.(made, gateway)).toBe('kept');
    expect(events()).toBe(before);
    expect((await send('DELETE', `/exclusions/${made.id}`)).status).toBe(200);
    expect(await uses['restore']?.(made, gateway)).toBe('not named');
  });

  it('is not listed beside a row of the same subject, with which it ends', async () => {
    const subject = `fired-${randomUUID()}`;
    const lost = await exclude(subject);
    await sql(rows['is deleted']?.deed(lost.id) as string);
    const again = await exclude(subject);
    expect(again.digest).toBe(lost.digest);
    expect((await send('GET', `/exclusions/${lost.id}`)).body['code']).toBe('exclusion-not-found');
    expect((await send('DELETE', `/exclusions/${lost.id}`)).body['code']).toBe('exclusion-not-found');
    expect((await send('DELETE', `/exclusions/${again.id}`)).status).toBe(200);
    for (const at of [gateway, other]) await expect.poll(() => read(subject, at)).toBe(200);
  });
});
