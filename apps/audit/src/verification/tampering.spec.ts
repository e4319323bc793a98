import { randomUUID } from 'node:crypto';
import type { ChainRow } from '@ankasecure/audit-event';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BoundIndexes } from '../end/bound-index.js';
import { ForgedTrail, type Forgery } from '../testing/forged-trail.js';
import { macKeyIdOf } from '../testing/mac-stand-in.js';
import { database, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { noSeal, sealColumns, TrailSql } from '../testing/trail-sql.js';

describe('verification of a changed trail', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let trail: TrailSql;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    tenantId = randomUUID();
    trail = new TrailSql(tenantId);
    await audit.appendTwenty(tenantId);
    await audit.append(eventsOf(randomUUID(), 5));
  });
  const forge = (forgery: Forgery) => new ForgedTrail(audit, tenantId).write(forgery);

  /** Flips one bit of a column, by the column's type. A text loses the lowest bit of its first byte, so it stays valid UTF-8. */
  const oneBit = {
    uuid: (column: string) =>
      `encode(set_bit(uuid_send(${column}), 37, 1 - get_bit(uuid_send(${column}), 37)), 'hex')::uuid`,
    text: (column: string) =>
      `convert_from(set_bit(convert_to(${column}, 'UTF8'), 0, 1 - get_bit(convert_to(${column}, 'UTF8'), 0)), 'UTF8')`,
    bytea: (column: string) => `set_bit(${column}, 37, 1 - get_bit(${column}, 37))`,
    bigint: (column: string) => `${column} # 1`,
    /** The trail has no record, so the column has no bit. */
    length: (column: string) => `${column} || '\\x00'::bytea`,
    microsecond: (column: string) => `${column} + interval '1 microsecond'`,
  };

  /** Each column's type, the event whose bit is flipped, and the first bad event and reason that the verification reports. */
  const columns = {
    tenant_id: ['uuid', 7, 7, 'missing'],
    seq: ['bigint', 20, 20, 'missing'],
    event_id: ['uuid', 7, 7, 'content-changed'],
    user_id: ['text', 7, 7, 'content-changed'],
    key_id: ['uuid', 7, 7, 'content-changed'],
    algorithm: ['text', 7, 7, 'content-changed'],
    operation: ['text', 7, 7, 'content-changed'],
    outcome: ['text', 7, 7, 'content-changed'],
    failure_code: ['text', 7, 7, 'content-changed'],
    occurred_at: ['bigint', 7, 7, 'content-changed'],
    correlation_id: ['text', 7, 7, 'content-changed'],
    details: ['text', 7, 7, 'content-changed'],
    mac_key_id: ['text', 7, 7, 'content-changed'],
    canonical: ['bytea', 7, 7, 'content-changed'],
    hmac: ['bytea', 7, 7, 'content-changed'],
    previous_hash: ['bytea', 7, 7, 'chain-broken'],
    hash: ['bytea', 7, 7, 'content-changed'],
    sealed_at: ['microsecond', 7, 7, 'content-changed'],
    chain_seal_from: ['bigint', 10, 6, 'unsealed'],
    chain_seal: ['bytea', 10, 6, 'unsealed'],
    chain_seal_index_seq: ['bigint', 10, 6, 'unsealed'],
    chain_seal_index_mac: ['length', 10, 6, 'unsealed'],
  } as const satisfies Record<string, readonly [keyof typeof oneBit, number, number, string]>;

  it('tests every column of the table', async () => {
    const rows = await audit.postgres.query(
      database,
      `SELECT column_name FROM information_schema.columns WHERE table_name = 'sealed_event'`,
    );
    expect(rows.map((row) => String(row['column_name'])).toSorted()).toEqual(Object.keys(columns).toSorted());
  });

  it.each(Object.entries(columns))('finds one flipped bit of %s', async (column, [kind, seq, firstBadSeq, reason]) => {
    // The table's check refuses every outcome that is one bit away. An attacker who can flip bits can also drop the check.
    await audit.tamper(`ALTER TABLE sealed_event DROP CONSTRAINT IF EXISTS sealed_event_outcome_check,
      DROP CONSTRAINT IF EXISTS sealed_event_chain_seal_index_mac_check, DROP CONSTRAINT IF EXISTS sealed_event_chain_seal_index_check`);
    await audit.tamper(trail.set(column, oneBit[kind](column), seq));
    const checked = firstBadSeq - 1 - ((firstBadSeq - 1) % 5);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq, reason, checked });
  });

  it.each([
    ['a flipped bit in the last hash', () => trail.flip('hash', 20), 20, 'content-changed'],
    ['a changed column beside unchanged bytes', () => trail.set('user_id', "'mallory'", 7), 7, 'content-changed'],
    ['an outcome changed to success', () => trail.set('outcome', "'success'", 1), 1, 'content-changed'],
    ['changed details', () => trail.set('details', "'{}'", 7), 7, 'content-changed'],
    ['an impossible time', () => trail.set('occurred_at', '9223372036854775807', 7), 7, 'content-changed'],
    ['a deleted row', () => trail.delete(7), 7, 'missing'],
    ['a deleted first row', () => trail.delete(1), 1, 'missing'],
    ['two swapped rows', () => trail.swap(7, 8), 7, 'chain-broken'],
    ['a duplicated row', () => trail.duplicate(7), 7, 'chain-broken'],
    ['a truncated tail', () => `DELETE FROM sealed_event WHERE ${trail.rows} AND seq > 15`, 16, 'tail-missing'],
    ['a truncated trail', () => `DELETE FROM sealed_event WHERE ${trail.rows}`, 1, 'tail-missing'],
    ['a head moved back', () => `UPDATE trail_head SET seq = 15 WHERE ${trail.rows}`, 16, 'chain-broken'],
    [
      'a head with another hash',
      () => `UPDATE trail_head SET hash = sha256('x') WHERE ${trail.rows}`,
      20,
      'chain-broken',
    ],
    ['a missing head', () => `DELETE FROM trail_head WHERE ${trail.rows}`, 1, 'chain-broken'],
    ['the first of two faults', () => `${trail.flip('canonical', 12)}; ${trail.delete(9)}`, 9, 'missing'],
    ['a removed seal', () => trail.stripSeal(10), 6, 'unsealed'],
    ['a removed last seal', () => trail.stripSeal(20), 16, 'unsealed'],
    [
      'seals removed from all batches',
      () => `UPDATE sealed_event SET ${sealColumns} = ${noSeal} WHERE ${trail.rows}`,
      1,
      'unsealed',
    ],
    [
      'the seal of another batch',
      () => trail.set('chain_seal', `(SELECT s.chain_seal FROM sealed_event s WHERE ${trail.at(15, 's')})`, 10),
      6,
      'unsealed',
    ],
    ["an event's HMAC in place of a seal", () => trail.set('chain_seal', 'hmac', 10), 6, 'unsealed'],
  ] as const)('finds %s', async (_, sql, firstBadSeq, reason) => {
    await audit.tamper(sql());
    const checked = reason === 'chain-broken' && firstBadSeq === 20 ? 20 : firstBadSeq - 1 - ((firstBadSeq - 1) % 5);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq, reason, checked });
  });

  /** A copy of the event under a new id, with the sealing time of its new neighbour. */
  const copyOf = (row: Partial<ChainRow> = {}, { sealedAt = 0 }: Partial<ChainRow> = {}): Partial<ChainRow> => ({
    ...row,
    eventId: randomUUID(),
    sealedAt,
    chainSeal: null,
  });
  /** Forgeries that renumber, relink and rehash every later row and move the head. Nothing more is possible without the HSM. */
  const rewritten: readonly (readonly [what: string, forgery: Forgery, firstBadSeq: number])[] = [
    ['deletes an event', (rows) => rows.toSpliced(6, 1), 6],
    ['deletes a whole batch', (rows) => rows.toSpliced(5, 5), 6],
    ['swaps two events', (rows) => rows.with(6, rows[7] ?? {}).with(7, rows[6] ?? {}), 6],
    ['repeats an event under a new id', (rows) => rows.toSpliced(12, 0, copyOf(rows[6], rows[12])), 11],
    ['repeats an event at the end', (rows) => [...rows, copyOf(rows[6], rows[19])], 21],
    ['changes details', (rows) => rows.with(6, { ...rows[6], details: '{"custody":"software"}' }), 6],
    ['changes an event id', (rows) => rows.with(17, { ...rows[17], eventId: randomUUID() }), 16],
    ['truncates the trail inside a batch', (rows) => rows.slice(0, 17), 16],
    ['removes all seals', (rows) => rows.map((row) => ({ ...row, chainSeal: null })), 1],
    [
      'deletes an event and removes the later seals',
      (rows) => rows.toSpliced(6, 1).map((row, index) => (index < 5 ? row : { ...row, chainSeal: null })),
      6,
    ],
  ];

  it.each(rewritten)('finds that a forger %s and recomputes every hash', async (_, forgery, firstBadSeq) => {
    await forge(forgery);
    const fault = { valid: false, firstBadSeq, reason: 'unsealed', checked: firstBadSeq - 1 };
    expect(await audit.verify(tenantId)).toMatchObject(fault);
    // A process that has not sealed this very end does not seal on top of it, because its seal is not genuine.
    for (const { app } of audit.instances) app.get(BoundIndexes).forget();
    await expect(audit.append(eventsOf(tenantId, 5))).rejects.toMatchObject({ code: 'service-unavailable' });
    expect(await audit.verify(tenantId)).toMatchObject(fault);
  });

  it('finds a changed sealing time, and a MAC key of another day, when every hash is recomputed', async () => {
    await forge((rows) => rows.with(6, { ...rows[6], sealedAt: (rows[6]?.sealedAt ?? 0) + 1_000_000 }));
    expect(await audit.verify(tenantId)).toMatchObject({ firstBadSeq: 6, reason: 'unsealed', checked: 5 });
    tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 5));
    await forge((rows) => rows.with(4, { ...rows[4], sealedAt: (rows[4]?.sealedAt ?? 0) + 3 * 86_400_000_000 }));
    expect(await audit.verify(tenantId)).toMatchObject({ firstBadSeq: 5, reason: 'time-inconsistent', checked: 0 });
  });

  it('finds a changed event by its MAC when every hash is recomputed', async () => {
    await forge((rows) => rows.with(6, { ...rows[6], userId: 'mallory' }));
    expect(await audit.verify(tenantId)).toMatchObject({
      valid: false,
      firstBadSeq: 7,
      reason: 'hmac-mismatch',
      checked: 5,
    });
  });

  it('finds a MAC key that does not exist', async () => {
    await forge((rows) => rows.with(6, { ...rows[6], macKeyId: macKeyIdOf(9) }));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 7, reason: 'hmac-mismatch' });
  });

  it("finds another tenant's trail in place of this one", async () => {
    const other = randomUUID();
    await audit.append(eventsOf(other, 20));
    const { rows } = trail;
    await audit.tamper(`DELETE FROM sealed_event WHERE ${rows}; UPDATE sealed_event SET ${rows} WHERE tenant_id = '${other}';
      UPDATE trail_head h SET hash = o.hash FROM trail_head o WHERE h.${rows} AND o.tenant_id = '${other}'`);
    expect(await audit.verify(tenantId)).toMatchObject({ firstBadSeq: 1, reason: 'chain-broken' });
  });
});
