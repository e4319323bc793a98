import { randomUUID } from 'node:crypto';
import { type ChainRow, canonicalBytes, leafHash } from '@ankasecure/audit-event';
import type { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chainRowOf, type SealedRow } from '../event/sealed-row.js';
import { database, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';

describe('verify', () => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 20));
    await audit.append(eventsOf(randomUUID(), 5));
  });

  const at = (seq: number) => `tenant_id = '${tenantId}' AND seq = ${seq}`;
  const hex = (bytes: Uint8Array) => `'\\x${Buffer.from(bytes).toString('hex')}'`;
  const rowOf = async (seq: number): Promise<ChainRow> => {
    const rows = await audit.postgres.query(database, `SELECT * FROM sealed_event WHERE ${at(seq)}`);
    return chainRowOf(rows[0] as unknown as SealedRow);
  };
  const headHash = async () => (await rowOf(20)).hash;

  /** What a database administrator without the HSM's key can do best: change one event and make every hash fit again. */
  const rehashFrom = async (seq: number, over: Partial<ChainRow>): Promise<void> => {
    let previousHash = (await rowOf(seq)).previousHash;
    for (let next = seq; next <= 20; next++) {
      const row = await rowOf(next);
      const changed = { ...row, ...(next === seq ? over : {}), previousHash };
      changed.canonical = canonicalBytes(changed);
      previousHash = leafHash(changed);
      await audit.tamper(`UPDATE sealed_event SET user_id = '${changed.userId}', mac_key_id = '${changed.macKeyId}',
        canonical = ${hex(changed.canonical)}, hash = ${hex(previousHash)}, previous_hash = ${hex(changed.previousHash)}
        WHERE ${at(next)}`);
    }
    await audit.tamper(`UPDATE trail_head SET hash = ${hex(previousHash)} WHERE tenant_id = '${tenantId}'`);
  };
  const flip = (column: string, seq: number) =>
    `UPDATE sealed_event SET ${column} = set_bit(${column}, 37, 1 - get_bit(${column}, 37)) WHERE ${at(seq)}`;
  const swap = (
    a: number,
    b: number,
  ) => `UPDATE sealed_event SET seq = 99 WHERE ${at(a)}; UPDATE sealed_event SET seq = ${a} WHERE ${at(b)};
    UPDATE sealed_event SET seq = ${b} WHERE ${at(99)}`;
  const double = (
    seq: number,
  ) => `INSERT INTO sealed_event SELECT tenant_id, seq, event_id, user_id, key_id, algorithm, operation, outcome,
    failure_code, occurred_at, correlation_id, details, mac_key_id, canonical, hmac, previous_hash, hash,
    sealed_at + interval '1 millisecond' FROM sealed_event WHERE ${at(seq)}`;

  it('holds for the whole trail and for any part of it', async () => {
    const whole = { valid: true, checked: 20, fromSeq: 1, untilSeq: 20, firstBadSeq: null, reason: null };
    const hash = Buffer.from(await headHash()).toString('base64url');
    expect(await audit.verify(tenantId)).toEqual({ ...whole, headHash: hash });
    expect(await audit.verify(tenantId, { fromSeq: 6, untilSeq: 9 })).toEqual({
      ...whole,
      checked: 4,
      fromSeq: 6,
      untilSeq: 9,
      headHash: null,
    });
    expect(await audit.verify(tenantId, { fromSeq: 20 })).toEqual({
      ...whole,
      checked: 1,
      fromSeq: 20,
      headHash: hash,
    });
  });

  it('holds for a tenant without events', async () => {
    expect(await audit.verify(randomUUID())).toEqual({
      valid: true,
      checked: 0,
      fromSeq: 1,
      untilSeq: 0,
      firstBadSeq: null,
      reason: null,
      headHash: null,
    });
  });

  it.each([
    ['a flipped bit in the canonical bytes', () => flip('canonical', 7), 7, 'content-changed'],
    ['a flipped bit in an HMAC', () => flip('hmac', 7), 7, 'content-changed'],
    ['a flipped bit in a hash', () => flip('hash', 7), 7, 'content-changed'],
    ['a flipped bit in a previous hash', () => flip('previous_hash', 7), 7, 'chain-broken'],
    ['a flipped bit in the last hash', () => flip('hash', 20), 20, 'content-changed'],
    [
      'a changed column beside untouched bytes',
      () => `UPDATE sealed_event SET user_id = 'mallory' WHERE ${at(7)}`,
      7,
      'content-changed',
    ],
    [
      'an outcome made a success',
      () => `UPDATE sealed_event SET outcome = 'unknown' WHERE ${at(1)}`,
      1,
      'content-changed',
    ],
    ['changed details', () => `UPDATE sealed_event SET details = '{}' WHERE ${at(7)}`, 7, 'content-changed'],
    [
      'another event id',
      () => `UPDATE sealed_event SET event_id = gen_random_uuid() WHERE ${at(7)}`,
      7,
      'content-changed',
    ],
    [
      'an impossible time',
      () => `UPDATE sealed_event SET occurred_at = 9223372036854775807 WHERE ${at(7)}`,
      7,
      'content-changed',
    ],
    ['a deleted row', () => `DELETE FROM sealed_event WHERE ${at(7)}`, 7, 'missing'],
    ['a deleted first row', () => `DELETE FROM sealed_event WHERE ${at(1)}`, 1, 'missing'],
    ['two swapped rows', () => swap(7, 8), 7, 'chain-broken'],
    ['a doubled row', () => double(7), 7, 'chain-broken'],
    [
      'a row moved to another tenant',
      () => `UPDATE sealed_event SET tenant_id = gen_random_uuid() WHERE ${at(7)}`,
      7,
      'missing',
    ],
    [
      'a truncated tail',
      () => `DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq > 15`,
      16,
      'tail-missing',
    ],
    ['a truncated trail', () => `DELETE FROM sealed_event WHERE tenant_id = '${tenantId}'`, 1, 'tail-missing'],
    ['a head put back', () => `UPDATE trail_head SET seq = 15 WHERE tenant_id = '${tenantId}'`, 16, 'chain-broken'],
    ['a head that is gone', () => `DELETE FROM trail_head WHERE tenant_id = '${tenantId}'`, 1, 'chain-broken'],
    [
      'the first of two faults',
      () => `${flip('canonical', 12)}; DELETE FROM sealed_event WHERE ${at(9)}`,
      9,
      'missing',
    ],
  ] as const)('shows %s', async (_, sql, firstBadSeq, reason) => {
    await audit.tamper(sql());
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq, reason, checked: firstBadSeq - 1 });
  });

  it('shows an event changed with every hash made to fit, since nobody outside the HSM can make its MAC', async () => {
    await rehashFrom(7, { userId: 'mallory' });
    expect(await audit.verify(tenantId)).toMatchObject({
      valid: false,
      firstBadSeq: 7,
      reason: 'hmac-mismatch',
      checked: 6,
    });
  });

  it('shows a MAC key nobody has', async () => {
    await rehashFrom(7, { macKeyId: 'made-up' });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 7, reason: 'hmac-mismatch' });
  });

  it("shows another tenant's trail put in place of this one", async () => {
    const other = randomUUID();
    await audit.append(eventsOf(other, 20));
    const trail = `tenant_id = '${tenantId}'`;
    await audit.tamper(`DELETE FROM sealed_event WHERE ${trail}; UPDATE sealed_event SET ${trail} WHERE tenant_id = '${other}';
      UPDATE trail_head h SET hash = o.hash FROM trail_head o WHERE h.${trail} AND o.tenant_id = '${other}'`);
    expect(await audit.verify(tenantId)).toMatchObject({ firstBadSeq: 1, reason: 'chain-broken' });
  });

  it('looks at the asked range alone, and at what it hangs on', async () => {
    await audit.tamper(flip('canonical', 7));
    expect(await audit.verify(tenantId, { fromSeq: 8 })).toMatchObject({ valid: true, checked: 13 });
    expect(await audit.verify(tenantId, { untilSeq: 6 })).toMatchObject({ valid: true, checked: 6 });
    await audit.tamper(`DELETE FROM sealed_event WHERE ${at(7)}`);
    expect(await audit.verify(tenantId, { fromSeq: 8 })).toMatchObject({
      valid: false,
      firstBadSeq: 7,
      reason: 'missing',
      checked: 0,
    });
    expect(await audit.verify(tenantId, { untilSeq: 7 })).toMatchObject({
      valid: false,
      firstBadSeq: 7,
      reason: 'missing',
      checked: 6,
    });
  });

  it('shows that a trail ends before what the caller knows of', async () => {
    expect(await audit.verify(tenantId, { untilSeq: 21 })).toMatchObject({
      valid: false,
      firstBadSeq: 21,
      reason: 'tail-missing',
      checked: 20,
    });
    expect(await audit.verify(tenantId, { fromSeq: 30 })).toMatchObject({
      valid: false,
      firstBadSeq: 21,
      reason: 'tail-missing',
      checked: 0,
    });
  });

  it('refuses a range that runs backwards', async () => {
    const error = await audit
      .verify(tenantId, { fromSeq: 2, untilSeq: 1 })
      .catch((reason: unknown) => reason as AnkaError);
    expect(error).toMatchObject({ code: 'request-invalid' });
  });

  it('is not disturbed by events sealed meanwhile', async () => {
    const [result] = await Promise.all([
      audit.verify(tenantId),
      ...Array.from({ length: 5 }, () => audit.append(eventsOf(tenantId, 50))),
    ]);
    expect(result).toMatchObject({ valid: true });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 270 });
  });

  it('is fast enough, and says how far it came when time is short (figures only)', async () => {
    for (let round = 0; round < 20; round++) await audit.append(eventsOf(tenantId, 1000));
    const start = performance.now();
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 20_020 });
    process.stdout.write(
      `verified: ${Math.round((20_020 * 1000) / (performance.now() - start))} events/s, stand-in MACs included\n`,
    );
    const error = await audit.verify(tenantId, {}, 600).catch((reason: unknown) => reason as AnkaError);
    expect(error).toMatchObject({ code: 'deadline-exceeded' });
  });
});
