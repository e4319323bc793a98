import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, type Verification, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import { type Forgery, type Row, rowsSql, trailSql } from './forgery.js';

type Reason = Verification['reason'];

/** Attacks of a database superuser. Neither rights, row-level security nor triggers stop them. `$T` is the tenant. */
const tampering: readonly (readonly [what: string, sql: string, seq: number, reason: Reason])[] = [
  [
    'flips a bit of the sealed bytes',
    'UPDATE sealed_event SET canonical = set_bit(canonical, 77, 1 - get_bit(canonical, 77)) WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  [
    'flips a bit of an HMAC',
    'UPDATE sealed_event SET hmac = set_bit(hmac, 7, 1 - get_bit(hmac, 7)) WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  [
    'flips a bit of a hash',
    'UPDATE sealed_event SET hash = set_bit(hash, 7, 1 - get_bit(hash, 7)) WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  ['blames somebody else', "UPDATE sealed_event SET user_id = 'mallory' WHERE $T AND seq = 5", 5, 'content-changed'],
  [
    'turns a failure into a success',
    "UPDATE sealed_event SET outcome = 'unknown' WHERE $T AND seq = 5",
    5,
    'content-changed',
  ],
  [
    'moves an event in time',
    'UPDATE sealed_event SET occurred_at = occurred_at - 1 WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  ['changes the details', `UPDATE sealed_event SET details = '{}' WHERE $T AND seq = 5`, 5, 'content-changed'],
  ['deletes the first event', 'DELETE FROM sealed_event WHERE $T AND seq = 1', 1, 'missing'],
  ['deletes an event', 'DELETE FROM sealed_event WHERE $T AND seq = 5', 5, 'missing'],
  [
    'deletes an event and closes the gap',
    'DELETE FROM sealed_event WHERE $T AND seq = 5; UPDATE sealed_event SET seq = seq + 1000 WHERE $T AND seq > 5; UPDATE sealed_event SET seq = seq - 1001 WHERE $T AND seq > 1000',
    5,
    'chain-broken',
  ],
  [
    'swaps two events',
    // The swap goes through a free number, because rows sealed in one batch share sealed_at and their keys differ only in seq.
    [
      [4, 1004],
      [7, 4],
      [1004, 7],
    ]
      .map(([from, to]) => `UPDATE sealed_event SET seq = ${to} WHERE $T AND seq = ${from}`)
      .join('; '),
    4,
    'chain-broken',
  ],
  ['cuts the tail off', 'DELETE FROM sealed_event WHERE $T AND seq > 7', 8, 'tail-missing'],
  [
    'repeats an event',
    `INSERT INTO sealed_event SELECT (r).* FROM (SELECT jsonb_populate_record(e, jsonb_build_object('sealed_at', e.sealed_at + interval '1 ms')) AS r FROM sealed_event e WHERE $T AND seq = 5) again`,
    5,
    'chain-broken',
  ],
  ['empties the trail', 'DELETE FROM sealed_event WHERE $T', 1, 'tail-missing'],
  [
    'moves a seal in time',
    "UPDATE sealed_event SET sealed_at = sealed_at + interval '1 us' WHERE $T AND seq = 5",
    5,
    'content-changed',
  ],
];

const noSeal: Row = {
  chain_seal: null,
  chain_seal_from: null,
  chain_seal_index_seq: null,
  chain_seal_index_mac: null,
};
/** Removes the seals from one row on. */
const stripped = (rows: readonly Row[], from = 0): readonly Row[] =>
  rows.map((row, index) => (index < from ? row : { ...row, ...noSeal }));
/** Inserts the fifth event again under a new id. */
const again = (rows: readonly Row[]): Row => ({
  ...rows[4],
  event_id: randomUUID(),
  sealed_at: rows[5]?.['sealed_at'],
  micros: rows[5]?.['micros'],
  ...noSeal,
});
const swapped = (rows: readonly Row[]): readonly Row[] => {
  const [a, b] = [rows[4] ?? {}, rows[5] ?? {}];
  const when = ({ sealed_at, micros }: Row): Row => ({ sealed_at, micros });
  return rows.with(4, { ...b, ...when(a) }).with(5, { ...a, ...when(b) });
};

/** The same attacks with all later rows renumbered, relinked and rehashed, and the head moved to the last row, so that no row is faulty by itself. */
const rewriting: readonly (readonly [what: string, forgery: Forgery, seq: number])[] = [
  ['deletes an event', (rows) => rows.toSpliced(4, 1), 5],
  ['swaps two events', swapped, 5],
  ['repeats an event under a new id', (rows) => rows.toSpliced(5, 0, again(rows)), 6],
  ['changes details', (rows) => rows.with(4, { ...rows[4], details: '{"custody":"software"}' }), 5],
  ['deletes an event and strips the seals after it', (rows) => stripped(rows.toSpliced(4, 1), 4), 5],
  ['puts the head on a row that no seal ends', (rows) => stripped(rows.slice(0, 7), 6), 7],
];

describe('the audit trail', () => {
  let rig: Rig;
  let tenant: Tenant;
  beforeAll(async () => {
    rig = await sharedRig();
  });
  beforeEach(async () => {
    tenant = await newTenant(rig);
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await eventually('its event', async () => (await eventsOf(tenant.admin, { operation: 'key.create' })).length === 1);
    for (let time = 0; time < 10; time++) await tenant.admin.post('/sign', { keyId: id, payload: 'AAAA' });
    await eventually(
      'ten sealed signatures',
      async () => (await eventsOf(tenant.admin, { operation: 'sign' })).length === 10,
    );
  });
  const rowsOf = (): Promise<readonly Row[]> => rig.query('ankadb_audit', rowsSql(tenant.id));
  /** The last event of the previous batch. */
  const sealedBefore = async (seq: number): Promise<number> => {
    const rows = await rowsOf();
    return Number(rows.findLast((row) => row['chain_seal'] !== null && Number(row['seq']) < seq)?.['seq'] ?? 0);
  };
  const tamper = (sql: string): Promise<unknown> => {
    const mine = sql.replaceAll('$T', `tenant_id = '${tenant.id}'`);
    return rig.query('ankadb_audit', `SET session_replication_role = replica; ${mine}`);
  };

  it('is valid, whole and in parts', async () => {
    const whole = await verification(tenant.admin);
    expect(whole).toMatchObject({ valid: true, fromSeq: 1, firstBadSeq: null, reason: null });
    expect(whole.headHash).toMatch(/^[\w-]{43}$/);
    expect(await verification(tenant.admin, { fromSeq: 3, untilSeq: 6 })).toMatchObject({
      valid: true,
      checked: 4,
      headHash: null,
    });
    expect(await verification(tenant.admin, { untilSeq: 1000 })).toMatchObject({
      valid: false,
      reason: 'tail-missing',
    });
  });

  it.each(tampering)('names the first bad event when an attacker %s', async (_, sql, seq, reason) => {
    expect((await verification(tenant.admin)).valid).toBe(true);
    const proved = await sealedBefore(seq);
    await tamper(sql);
    const found = await verification(tenant.admin);
    expect(found).toMatchObject({ valid: false, firstBadSeq: seq, reason });
    expect(found.checked).toBeGreaterThanOrEqual(proved);
    if (proved > 0)
      expect(await verification(tenant.admin, { untilSeq: proved })).toMatchObject({ valid: true, checked: proved });
  });

  it.each(rewriting)(
    'names the first unsealed event when an attacker %s and recomputes every hash',
    async (_, forgery, seq) => {
      const proved = await sealedBefore(seq);
      const rows = await rowsOf();
      await tamper(trailSql(tenant.id, forgery(rows)));
      const fault = { valid: false, firstBadSeq: proved + 1, reason: 'unsealed', checked: proved };
      expect(await verification(tenant.admin)).toMatchObject(fault);
      await tamper(trailSql(tenant.id, rows));
      expect(await verification(tenant.admin)).toMatchObject({ valid: true });
    },
  );

  it('names the first event when an attacker strips all seals, whatever is sealed later', async () => {
    await tamper(trailSql(tenant.id, stripped(await rowsOf())));
    const fault = { valid: false, firstBadSeq: 1, reason: 'unsealed', checked: 0 };
    expect(await verification(tenant.admin)).toMatchObject(fault);
    const creations = async (): Promise<number> => (await eventsOf(tenant.admin, { operation: 'key.create' })).length;
    const before = await creations();
    await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await eventually('another sealed key', async () => (await creations()) === before + 1);
    expect(await verification(tenant.admin)).toMatchObject(fault);
  });

  it('differs by its HMACs from a trail that an attacker rewrote with matching hashes', async () => {
    const rows = await rowsOf();
    await tamper(trailSql(tenant.id, rows.with(4, { ...rows[4], user_id: 'mallory' })));
    expect(await verification(tenant.admin)).toMatchObject({ valid: false, firstBadSeq: 5, reason: 'hmac-mismatch' });
  });

  it('cannot be changed by the service’s own role', async () => {
    const change = (sql: string): Promise<unknown> =>
      rig.query('ankadb_audit', `SET ROLE ankadb_audit_app; SET ankasecure.tenant = '${tenant.id}'; ${sql}`);
    for (const sql of [
      "UPDATE sealed_event SET user_id = 'x'",
      'DELETE FROM sealed_event',
      'TRUNCATE sealed_event',
      'DELETE FROM trail_head',
      'DELETE FROM event_dedup',
    ])
      await expect(change(sql), sql).rejects.toThrow(/permission denied|not allowed/);
    expect((await verification(tenant.admin)).valid).toBe(true);
  });
});
