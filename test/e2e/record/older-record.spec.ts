import type { ErrorCode, Kek, Key } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf, outcomeOf, type Reply } from '../harness/client.js';
import { valueOf } from '../harness/metric.js';
import { expectProblem } from '../harness/problem.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';

/** What is done to the tenant's rows of one table, and the request that uses the record. */
interface Attack {
  readonly request: () => Promise<Reply>;
  /** Changes the record on record, before the attack. */
  readonly change?: () => Promise<unknown>;
  /** Deletes rows: a condition. */
  readonly deleted?: string;
  /** Adds a copy of the row with this condition, with other values. If neither is given, the rows of before `change` are put back. */
  readonly copied?: readonly [where: string, values: object];
}

let rig: OwnRig;
let tenant: Tenant;
let mallory: Client;
let eve: Client;
const sql = (text: string, values: readonly unknown[] = []) => rig.query('ankadb_keys', text, values);

beforeAll(async () => {
  rig = await startOwnRig({ workers: 1 });
  tenant = await newTenant(rig);
  const user = async (subject: string) =>
    clientOf(rig.baseUrl, await rig.mint({ tenantId: tenant.id, subject, roles: ['user'] }));
  [mallory, eve] = [await user('mallory'), await user('eve')];
  const rules = await sql(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint
     WHERE contype = 'f' OR conname IN ('key_version_object_id_key', 'platform_key_object_id_key')`,
  );
  for (const rule of rules) await sql(String(rule['drop']));
});
afterAll(() => rig.stop());

const rowsOf = async (table: string): Promise<readonly unknown[]> =>
  (await sql(`SELECT t::text AS row FROM ${table} t WHERE tenant_id = $1`, [tenant.id])).map(({ row }) => row);
const putRows = async (table: string, rows: readonly unknown[]): Promise<void> => {
  await sql(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant.id]);
  for (const row of rows) await sql(`INSERT INTO ${table} SELECT ($1::${table}).*`, [row]);
};
const everythingSealed = () =>
  eventually('the sealing of every event', async () => (await sql('SELECT FROM outbox LIMIT 1')).length === 0);
const rejected = async (kind: string): Promise<number> =>
  (await valueOf(rig.observability['crypto-worker-1'] ?? '', 'ankasecure_record_rejected_total', { kind })) ?? 0;

const carryOut = async (
  table: string,
  { deleted, copied }: Pick<Attack, 'deleted' | 'copied'>,
  aged: readonly unknown[],
): Promise<void> => {
  const ours = `tenant_id = '${tenant.id}'`;
  if (deleted !== undefined) await sql(`DELETE FROM ${table} WHERE ${ours} AND ${deleted}`);
  else if (copied === undefined) await putRows(table, aged);
  else
    await sql(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(t, $1)).* FROM ${table} t WHERE ${ours} AND ${copied[0]}`,
      [JSON.stringify(copied[1])],
    );
};

const sign = (key: object, by: Client = tenant.admin): Promise<Reply> =>
  by.send('POST', '/sign', { body: { ...key, payload: 'AAAA' } });
const newKey = (): Promise<Key> => tenant.createKey({ algorithm: 'EC-P256' });
const grant = async ({ id }: Key, ...rights: readonly string[]): Promise<void> => {
  const path = `/keys/${id}/grants`;
  const etag = (await tenant.admin.send('GET', path)).headers.get('etag') ?? '';
  await tenant.admin.put(path, { grants: [{ kind: 'subject', grantee: 'mallory', rights }] }, { 'if-match': etag });
};
const setPolicy = async ({ id }: Key, maxUses: number): Promise<unknown> => {
  const etag = (await tenant.admin.send('GET', `/keys/${id}`)).headers.get('etag') ?? '';
  return tenant.admin.put(`/keys/${id}/rotation-policy`, { maxUses }, { 'if-match': etag });
};
const kek = (): Promise<Reply> => tenant.admin.send('GET', `/tenants/${tenant.id}/kek`);
const rotateKek = async (): Promise<void> => {
  await tenant.admin.post<Kek>(`/tenants/${tenant.id}/kek/rotate`, {});
  await eventually('the end of the rotation', async () => ((await kek()).body as Kek).state === 'idle');
};
const alias = ({ id }: Key) => tenant.admin.send('PUT', '/aliases/payments', { body: { keyId: id } });
const moveAlias = async ({ id }: Key): Promise<unknown> => {
  const etag = (await tenant.admin.send('GET', '/aliases/payments')).headers.get('etag') ?? '';
  return tenant.admin.put('/aliases/payments', { keyId: id }, { 'if-match': etag });
};

/** Each table × {aged, deleted, copied}, with the answer. Every request succeeds again with the genuine rows. */
const attacks: readonly (readonly [table: string, what: string, answer: ErrorCode, arrange: () => Promise<Attack>])[] =
  [
    [
      'key',
      'aged',
      'record-outdated',
      async () => {
        const { id } = await newKey();
        const change = () =>
          tenant.admin.send('PATCH', `/keys/${id}`, { body: { label: 'new' }, headers: { 'if-match': '*' } });
        return { change, request: () => tenant.admin.send('GET', `/keys/${id}`) };
      },
    ],
    [
      'key',
      'deleted',
      'key-not-found',
      async () => {
        const { id } = await newKey();
        return { deleted: `id = '${id}'`, request: () => tenant.admin.send('GET', `/keys/${id}`) };
      },
    ],
    [
      'key_version',
      'aged',
      'record-outdated',
      async () => {
        const { id } = await newKey();
        await tenant.admin.post(`/keys/${id}/suspend`, {});
        return { change: () => tenant.admin.post(`/keys/${id}/resume`, {}), request: () => sign({ keyId: id }) };
      },
    ],
    [
      'key_version',
      'deleted, and the one before it would be the newest',
      'record-outdated',
      async () => {
        const { id } = await newKey();
        const change = () => tenant.admin.post(`/keys/${id}/rotate`, {});
        return { change, deleted: `key_id = '${id}' AND version = 2`, request: () => sign({ keyId: id }) };
      },
    ],
    [
      'key_version',
      'copied as a newer one',
      'record-forged',
      async () => {
        const { id } = await newKey();
        return { copied: [`key_id = '${id}'`, { version: 9 }], request: () => sign({ keyId: id }) };
      },
    ],
    [
      'key_alias',
      'aged',
      'record-outdated',
      async () => {
        const other = await newKey();
        await alias(await newKey());
        return { change: () => moveAlias(other), request: () => sign({ alias: 'payments' }) };
      },
    ],
    [
      'key_alias',
      'deleted',
      'alias-not-found',
      async () => ({ deleted: 'true', request: () => tenant.admin.send('GET', '/aliases/payments') }),
    ],
    [
      'key_grant',
      'aged',
      'record-outdated',
      async () => {
        const key = await newKey();
        await grant(key, 'view');
        return { change: () => grant(key, 'view', 'use:sign'), request: () => sign({ keyId: key.id }, mallory) };
      },
    ],
    [
      'key_grant',
      'deleted',
      'key-access-denied',
      async () => {
        const key = await newKey();
        const request = () => mallory.send('GET', `/keys/${key.id}`);
        return { change: () => grant(key, 'view'), deleted: `key_id = '${key.id}'`, request };
      },
    ],
    [
      'rotation_policy',
      'aged',
      'record-outdated',
      async () => {
        const key = await newKey();
        await setPolicy(key, 1000);
        return { change: () => setPolicy(key, 500), request: () => sign({ keyId: key.id }) };
      },
    ],
    [
      'rotation_policy',
      'deleted',
      'record-outdated',
      async () => {
        const key = await newKey();
        return {
          change: () => setPolicy(key, 500),
          deleted: `key_id = '${key.id}'`,
          request: () => sign({ keyId: key.id }),
        };
      },
    ],
    [
      'rotation_policy',
      'copied to another key',
      'record-forged',
      async () => {
        const [key, other] = [await newKey(), await newKey()];
        const copied = [`key_id = '${key.id}'`, { key_id: other.id }] as const;
        return { change: () => setPolicy(key, 500), copied, request: () => sign({ keyId: other.id }) };
      },
    ],
    [
      'tenant_policy',
      'aged',
      'record-outdated',
      async () => ({
        change: () => tenant.changePolicy({ allowedAlgorithms: ['EC-P256', 'AES-256'] }),
        request: () => tenant.admin.send('POST', '/keys', { body: { algorithm: 'EC-P256', label: 'k' } }),
      }),
    ],
    [
      'platform_key',
      'deleted, and the one before it would be the newest',
      'record-outdated',
      async () => ({ change: rotateKek, deleted: `kind = 'kek' AND generation = 2`, request: kek }),
    ],
    [
      'platform_key',
      'copied as a newer one',
      'record-forged',
      async () => ({ copied: [`kind = 'kek' AND generation = 2`, { generation: 9 }], request: kek }),
    ],
    ['kek_rotation', 'deleted', 'record-outdated', async () => ({ deleted: 'generation = 2', request: kek })],
  ];

describe('the owner of the key database gains nothing', () => {
  it.each(attacks)('from a %s that is %s: %s', async (table, _, answer, arrange) => {
    const { change, request, ...attack } = await arrange();
    const aged = await rowsOf(table);
    await change?.();
    await everythingSealed();
    const [genuine, refusals] = [await rowsOf(table), await rejected(table)];
    await carryOut(table, attack, aged);
    expectProblem(await request(), answer);
    const isAlarm = answer === 'record-outdated' || answer === 'record-forged';
    expect((await rejected(table)) > refusals).toBe(isAlarm);
    await putRows(table, genuine);
    await eventually('the same request with the genuine rows', async () => outcomeOf(await request()) === 'ok');
  });

  it('from a copy of a grant for another caller', async () => {
    const key = await newKey();
    await grant(key, 'use:sign');
    await carryOut('key_grant', { copied: [`key_id = '${key.id}'`, { grantee: 'eve' }] }, []);
    expectProblem(await sign({ keyId: key.id }, eve), 'record-forged');
    await sql(`DELETE FROM key_grant WHERE grantee = 'eve'`);
    expectProblem(await sign({ keyId: key.id }, eve), 'key-access-denied');
  });
});
