import { randomUUID } from 'node:crypto';
import type { SealedEvent, UnprovenEvent } from '@ankasecure/contracts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '../harness/metric.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import { type Row, rowsSql } from './forgery.js';

interface Page {
  readonly items: readonly SealedEvent[];
  readonly unproven: readonly UnprovenEvent[];
  readonly missing: readonly { readonly fromSeq: number; readonly untilSeq: number }[];
}

/** A row's new values, by the row's number. */
type Changes = ReadonlyMap<unknown, Row>;

/** Values that nobody has sealed, where the type does not make one. */
const forgedValues: Readonly<Record<string, (row: Row) => unknown>> = {
  outcome: ({ outcome }) => (outcome === 'unknown' ? 'failure' : 'unknown'),
  sealed_at: ({ micros }) => new Date(Number(micros) / 1000).toISOString().replace('Z', '001Z'),
};
const forged = (row: Row, column: string): unknown => {
  const value = row[column];
  const own = forgedValues[column];
  if (own !== undefined) return own(row);
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.of((value[0] ?? 0) ^ 1), value.subarray(1)]);
  if (column.endsWith('_id') && !['user_id', 'correlation_id', 'mac_key_id'].includes(column)) return randomUUID();
  return /^\d+$/.test(String(value)) ? Number(value) + 1000 : `${String(value)} `;
};

const same = (a: unknown, b: unknown): boolean =>
  Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : String(a) === String(b);
/** The rows that have a value of their own in the column: the columns of a seal are empty in most. */
const having = (rows: readonly Row[], column: string): readonly Row[] =>
  column.startsWith('chain_seal') ? rows.filter((row) => Number(row['chain_seal_index_seq']) > 0) : rows;
const dayBefore = (macKeyId: unknown): string =>
  `1.${new Date(Date.parse(String(macKeyId).slice(2)) - 86_400_000).toISOString().slice(0, 10)}`;

/** Gives a row another's value, unless the table's key forbids it. */
const given = (rows: readonly Row[], column: string, row: Row, value: unknown): Changes | undefined => {
  const changed = { ...row, [column]: value };
  const isTaken = rows.some(
    (other) => other !== row && same(other['seq'], changed['seq']) && same(other['sealed_at'], changed['sealed_at']),
  );
  return same(value, row[column]) || isTaken ? undefined : new Map([[row['seq'], changed]]);
};

/** Finds rows that differ in the column, and changes them. Undefined if no row of the trail differs. */
const ways: Readonly<
  Record<string, (column: string, rows: readonly Row[], others: readonly Row[]) => Changes | undefined>
> = {
  forged: (column, rows) => {
    const row = having(rows, column)[2] ?? {};
    return new Map([[row['seq'], { ...row, [column]: forged(row, column) }]]);
  },
  older: (column, rows) => {
    for (const [index, row] of having(rows, column).entries()) {
      const older =
        column === 'mac_key_id'
          ? [dayBefore(row[column])]
          : having(rows, column)
              .slice(0, index)
              .map((each) => each[column]);
      const [found] = older.flatMap((value) => given(rows, column, row, value) ?? []);
      if (found !== undefined) return found;
    }
    return undefined;
  },
  'another tenant’s': (column, rows, others) =>
    having(rows, column)
      .slice(2)
      .flatMap((row) => having(others, column).flatMap((other) => given(rows, column, row, other[column]) ?? []))
      .at(0),
  'swapped with a neighbour': (column, rows) => {
    const held = having(rows, column);
    const first = held.findIndex(
      (row, index) => index > 0 && index + 1 < held.length && !same(row[column], held[index + 1]?.[column]),
    );
    const [a, b] = held.slice(first, first + 2);
    if (first < 0 || a === undefined || b === undefined) return undefined;
    return new Map([
      [a['seq'], { ...a, [column]: b[column] }],
      [b['seq'], { ...b, [column]: a[column] }],
    ]);
  },
};

/** Values that all rows share, of one tenant or of both. */
const shared: Readonly<Record<string, readonly string[]>> = {
  tenant_id: ['older', 'swapped with a neighbour'],
  mac_key_id: ['another tenant’s', 'swapped with a neighbour'],
};

const columns = [
  ...['tenant_id', 'seq', 'event_id', 'user_id', 'key_id', 'algorithm', 'operation', 'outcome', 'failure_code'],
  ...['occurred_at', 'correlation_id', 'details', 'mac_key_id', 'canonical', 'hmac', 'previous_hash', 'hash'],
  ...['sealed_at', 'chain_seal_from', 'chain_seal', 'chain_seal_index_seq', 'chain_seal_index_mac'],
];

const hexed = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value]),
  );

describe('the list of audit events, to the owner of whose database', () => {
  let rig: Rig;
  let mine: Tenant;
  let theirs: Tenant;
  let rows: readonly Row[];
  let others: readonly Row[];
  let listed: Page;
  let theirList: Page;

  /** A tenant whose events differ in every column: calls of several people that succeed and that fail. */
  const fill = async (): Promise<Tenant> => {
    const tenant = await newTenant(rig);
    const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await tenant.createKey({ algorithm: 'AES-256' });
    const user = await tenant.as(['application-admin', 'user'], 'somebody else');
    for (let time = 0; time < 3; time++) {
      await user.post('/sign', { keyId, payload: 'AAAA' });
      await tenant.admin.send('POST', '/sign', { body: { keyId: randomUUID(), payload: 'AAAA' } });
      await tenant.createKey({ algorithm: 'EC-P256' });
    }
    await eventually(
      'its events',
      async () => (await eventsOf(tenant.admin, { operation: 'key.create' })).length === 5,
    );
    await eventually('its uses', async () => (await eventsOf(tenant.admin, { operation: 'sign' })).length === 6);
    return tenant;
  };
  const list = (tenant: Tenant = mine): Promise<Page> => tenant.admin.get<Page>('/audit/events?limit=200&order=asc');
  const rowsOf = ({ id }: Tenant): Promise<Row[]> => rig.query('ankadb_audit', rowsSql(id));
  /** Replaces the tenant's rows, wherever they are now. */
  const put = async (changed: readonly Row[]): Promise<void> => {
    const records = JSON.stringify(changed.map(hexed)).replaceAll("'", "''");
    const correlations = rows.map(({ event_id }) => `'${String(event_id)}'`).join(', ');
    await rig.query(
      'ankadb_audit',
      `SET session_replication_role = replica;
       DELETE FROM sealed_event WHERE tenant_id = '${mine.id}' OR event_id IN (${correlations});
       INSERT INTO sealed_event SELECT * FROM jsonb_populate_recordset(NULL::sealed_event, '${records}')`,
    );
  };

  beforeAll(async () => {
    rig = await sharedRig();
    [mine, theirs] = [await fill(), await fill()];
    [rows, others] = [await rowsOf(mine), await rowsOf(theirs)];
    [listed, theirList] = [await list(), await list(theirs)];
  });
  afterEach(() => put(rows));

  it('it shows what was sealed, before and after', async () => {
    expect(listed).toMatchObject({ unproven: [], missing: [] });
    expect(listed.items.map(({ seq }) => seq)).toEqual(rows.map(({ seq }) => Number(seq)));
    await put(rows);
    expect(await list()).toEqual(listed);
  });

  it('belongs every column of the table', async () => {
    const found = await rig.query(
      'ankadb_audit',
      `SELECT column_name FROM information_schema.columns WHERE table_name = 'sealed_event'`,
    );
    expect(found.map((row) => String(row['column_name'])).toSorted()).toEqual(columns.toSorted());
  });

  const matrix = columns.flatMap((column) => Object.keys(ways).map((way) => [column, way] as const));

  it.each(matrix)('%s, %s, is no event', async (column, way) => {
    const changes = ways[way]?.(column, rows, others);
    if (changes === undefined) return expect(shared[column]).toContain(way);
    await put(rows.map((row) => changes.get(row['seq']) ?? row));
    const page = await list();
    for (const item of page.items) expect(listed.items).toContainEqual(item);
    const shown = new Set(page.items.map(({ seq }) => seq));
    for (const seq of changes.keys()) expect(shown).not.toContain(Number(seq));
    const told = (seq: number): boolean =>
      page.unproven.some((event) => event.seq === seq) ||
      page.missing.some(({ fromSeq, untilSeq }) => fromSeq <= seq && seq <= untilSeq);
    expect(listed.items.filter(({ seq }) => !shown.has(seq) && !told(seq))).toEqual([]);
    expect((await list(theirs)).items).toEqual(theirList.items);
  });

  it('a changed row shows in every listing with a filter that selects it, and raises the alarm', async () => {
    const counted = async (): Promise<number> =>
      (await valueOf(rig.observability['audit'] ?? '', 'ankasecure_audit_events_unproven_total')) ?? 0;
    const before = await counted();
    await put(rows.with(3, { ...rows[3], user_id: 'mallory' }));
    const page = await mine.admin.get<Page>('/audit/events?userId=mallory');
    expect(page).toMatchObject({ items: [], unproven: [{ reason: 'content-changed', event: { userId: 'mallory' } }] });
    expect(await counted()).toBe(before + 1);
  });
});
