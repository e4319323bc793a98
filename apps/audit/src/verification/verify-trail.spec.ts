import { randomUUID } from 'node:crypto';
import type { ChainRow } from '@ankasecure/audit-event';
import type { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ForgedTrail, type Forgery } from '../testing/forged-trail.js';
import { database, eventsOf, macKeyIdOf, type RunningAudit, startAudit } from '../testing/running-audit.js';

describe('verify', () => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());
  /** Twenty events in batches of five: the chain is sealed at 5, 10, 15 and 20. */
  beforeEach(async () => {
    tenantId = randomUUID();
    for (let batch = 0; batch < 4; batch++)
      await audit.append(
        eventsOf(tenantId, 5).map((event) => ({ ...event, outcome: 'failure', failureCode: 'key-state' })),
      );
    await audit.append(eventsOf(randomUUID(), 5));
  });

  const trailOf = () => `tenant_id = '${tenantId}'`;
  const at = (seq: number) => `${trailOf()} AND seq = ${seq}`;
  const headHash = async (): Promise<Buffer> => {
    const rows = await audit.postgres.query(database, `SELECT hash FROM sealed_event WHERE ${at(20)}`);
    return rows[0]?.['hash'] as Buffer;
  };
  const forge = (forgery: Forgery) => new ForgedTrail(audit, tenantId).write(forgery);
  const set = (column: string, value: string, seq: number) =>
    `UPDATE sealed_event SET ${column} = ${value} WHERE ${at(seq)}`;
  const flip = (column: string, seq: number) => set(column, `set_bit(${column}, 37, 1 - get_bit(${column}, 37))`, seq);
  const swap = (
    a: number,
    b: number,
  ) => `UPDATE sealed_event SET seq = 99 WHERE ${at(a)}; UPDATE sealed_event SET seq = ${a} WHERE ${at(b)};
    UPDATE sealed_event SET seq = ${b} WHERE ${at(99)}`;
  const double = (
    seq: number,
  ) => `INSERT INTO sealed_event SELECT r.* FROM sealed_event e, jsonb_populate_record(e, jsonb_build_object('sealed_at',
    e.sealed_at + interval '1 millisecond')) r WHERE ${at(seq).replaceAll(/(tenant_id|seq) =/g, 'e.$1 =')}`;

  it('holds for the whole trail and for any part of it', async () => {
    const whole = { valid: true, checked: 20, fromSeq: 1, untilSeq: 20, firstBadSeq: null, reason: null };
    const hash = (await headHash()).toString('base64url');
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

  /** One bit of each column, as its type has bits; of a text the lowest of its first byte, so that it stays a text. */
  const oneBit = {
    uuid: (column: string) =>
      `encode(set_bit(uuid_send(${column}), 37, 1 - get_bit(uuid_send(${column}), 37)), 'hex')::uuid`,
    text: (column: string) =>
      `convert_from(set_bit(convert_to(${column}, 'UTF8'), 0, 1 - get_bit(convert_to(${column}, 'UTF8'), 0)), 'UTF8')`,
    bytea: (column: string) => `set_bit(${column}, 37, 1 - get_bit(${column}, 37))`,
    bigint: (column: string) => `${column} # 1`,
    microsecond: (column: string) => `${column} + interval '1 microsecond'`,
  };

  /** Of each column of a row: its kind of bit, the event that has it, and what a verification says. */
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
  } as const satisfies Record<string, readonly [keyof typeof oneBit, number, number, string]>;

  it('knows every column', async () => {
    const rows = await audit.postgres.query(
      database,
      `SELECT column_name FROM information_schema.columns WHERE table_name = 'sealed_event'`,
    );
    expect(rows.map((row) => String(row['column_name'])).toSorted()).toEqual(Object.keys(columns).toSorted());
  });

  it.each(Object.entries(columns))('shows one flipped bit of %s', async (column, [kind, seq, firstBadSeq, reason]) => {
    // No bit of an outcome makes another that the table takes; the check goes first, as somebody would do who can flip bits.
    await audit.tamper('ALTER TABLE sealed_event DROP CONSTRAINT IF EXISTS sealed_event_outcome_check');
    await audit.tamper(set(column, oneBit[kind](column), seq));
    const checked = firstBadSeq - 1 - ((firstBadSeq - 1) % 5);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq, reason, checked });
  });

  it.each([
    ['a flipped bit in the last hash', () => flip('hash', 20), 20, 'content-changed'],
    [
      'a changed column beside untouched bytes',
      () => `UPDATE sealed_event SET user_id = 'mallory' WHERE ${at(7)}`,
      7,
      'content-changed',
    ],
    [
      'an outcome made a success',
      () => `UPDATE sealed_event SET outcome = 'success' WHERE ${at(1)}`,
      1,
      'content-changed',
    ],
    ['changed details', () => `UPDATE sealed_event SET details = '{}' WHERE ${at(7)}`, 7, 'content-changed'],
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
    ['a truncated tail', () => `DELETE FROM sealed_event WHERE ${trailOf()} AND seq > 15`, 16, 'tail-missing'],
    ['a truncated trail', () => `DELETE FROM sealed_event WHERE ${trailOf()}`, 1, 'tail-missing'],
    ['a head put back', () => `UPDATE trail_head SET seq = 15 WHERE ${trailOf()}`, 16, 'chain-broken'],
    [
      'a head with another hash',
      () => `UPDATE trail_head SET hash = sha256('x') WHERE ${trailOf()}`,
      20,
      'chain-broken',
    ],
    ['a head that is gone', () => `DELETE FROM trail_head WHERE ${trailOf()}`, 1, 'chain-broken'],
    [
      'the first of two faults',
      () => `${flip('canonical', 12)}; DELETE FROM sealed_event WHERE ${at(9)}`,
      9,
      'missing',
    ],
    ['a stripped seal', () => set('(chain_seal, chain_seal_from)', '(NULL, NULL)', 10), 6, 'unsealed'],
    ['a stripped last seal', () => set('(chain_seal, chain_seal_from)', '(NULL, NULL)', 20), 16, 'unsealed'],
    [
      'seals stripped from all batches',
      () => `UPDATE sealed_event SET (chain_seal, chain_seal_from) = (NULL, NULL) WHERE ${trailOf()}`,
      1,
      'unsealed',
    ],
    [
      "another batch's seal",
      () =>
        set(
          'chain_seal',
          `(SELECT s.chain_seal FROM sealed_event s WHERE ${at(15).replaceAll(/(tenant_id|seq) =/g, 's.$1 =')})`,
          10,
        ),
      6,
      'unsealed',
    ],
    ["an event's HMAC for a seal", () => set('chain_seal', 'hmac', 10), 6, 'unsealed'],
  ] as const)('shows %s', async (_, sql, firstBadSeq, reason) => {
    await audit.tamper(sql());
    const checked = reason === 'chain-broken' && firstBadSeq === 20 ? 20 : firstBadSeq - 1 - ((firstBadSeq - 1) % 5);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq, reason, checked });
  });

  /** The event a second time, under a new id, sealed when its new neighbour was. */
  const again = (row: Partial<ChainRow> = {}, { sealedAt = 0 }: Partial<ChainRow> = {}): Partial<ChainRow> => ({
    ...row,
    eventId: randomUUID(),
    sealedAt,
    chainSeal: null,
  });
  /** Every row after the change numbered, linked and hashed anew, and the head put on the last: all that is possible without the HSM. */
  const rewritten: readonly (readonly [what: string, forgery: Forgery, firstBadSeq: number])[] = [
    ['deletes an event', (rows) => rows.toSpliced(6, 1), 6],
    ['deletes a whole batch', (rows) => rows.toSpliced(5, 5), 6],
    ['swaps two events', (rows) => rows.with(6, rows[7] ?? {}).with(7, rows[6] ?? {}), 6],
    ['repeats an event under a new id', (rows) => rows.toSpliced(12, 0, again(rows[6], rows[12])), 11],
    ['repeats an event at the end', (rows) => [...rows, again(rows[6], rows[19])], 21],
    ['changes details', (rows) => rows.with(6, { ...rows[6], details: '{"custody":"software"}' }), 6],
    ['changes an event id', (rows) => rows.with(17, { ...rows[17], eventId: randomUUID() }), 16],
    ['cuts the tail off inside a batch', (rows) => rows.slice(0, 17), 16],
    ['strips all seals', (rows) => rows.map((row) => ({ ...row, chainSeal: null })), 1],
    [
      'deletes an event and strips the seals after it',
      (rows) => rows.toSpliced(6, 1).map((row, index) => (index < 5 ? row : { ...row, chainSeal: null })),
      6,
    ],
  ];

  it.each(rewritten)('shows that somebody %s and makes every hash fit again', async (_, forgery, firstBadSeq) => {
    await forge(forgery);
    const fault = { valid: false, firstBadSeq, reason: 'unsealed', checked: firstBadSeq - 1 };
    expect(await audit.verify(tenantId)).toMatchObject(fault);
    // The service goes on from the head it finds; what it seals is no cover for what it did not.
    await audit.append(eventsOf(tenantId, 5));
    expect(await audit.verify(tenantId)).toMatchObject(fault);
  });

  it('shows time that went back, and a MAC key of another day, with every hash made to fit', async () => {
    await forge((rows) => rows.with(6, { ...rows[6], sealedAt: (rows[6]?.sealedAt ?? 0) + 1_000_000 }));
    expect(await audit.verify(tenantId)).toMatchObject({ firstBadSeq: 8, reason: 'time-inconsistent', checked: 5 });
    tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 5));
    await forge((rows) => rows.with(4, { ...rows[4], sealedAt: (rows[4]?.sealedAt ?? 0) + 3 * 86_400_000_000 }));
    expect(await audit.verify(tenantId)).toMatchObject({ firstBadSeq: 5, reason: 'time-inconsistent', checked: 0 });
  });

  it('shows an event changed with every hash made to fit, since nobody outside the HSM can make its MAC', async () => {
    await forge((rows) => rows.with(6, { ...rows[6], userId: 'mallory' }));
    expect(await audit.verify(tenantId)).toMatchObject({
      valid: false,
      firstBadSeq: 7,
      reason: 'hmac-mismatch',
      checked: 5,
    });
  });

  it('shows a MAC key nobody has', async () => {
    await forge((rows) => rows.with(6, { ...rows[6], macKeyId: macKeyIdOf(9) }));
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

  it('looks at the asked range alone, and at what it hangs on: the hash before it and the seal after it', async () => {
    await audit.tamper(flip('canonical', 7));
    expect(await audit.verify(tenantId, { fromSeq: 8 })).toMatchObject({ valid: true, checked: 13 });
    expect(await audit.verify(tenantId, { untilSeq: 5 })).toMatchObject({ valid: true, checked: 5 });
    const unsealed = { valid: false, firstBadSeq: 6, reason: 'unsealed', checked: 5, untilSeq: 6 };
    expect(await audit.verify(tenantId, { untilSeq: 6 })).toMatchObject(unsealed);
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
      checked: 5,
    });
  });

  it('looks at the batches of a range, not at what is around them', async () => {
    await forge((rows) => rows.with(17, { ...rows[17], details: '{}' }));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 16, reason: 'unsealed' });
    expect(await audit.verify(tenantId, { fromSeq: 17, untilSeq: 17 })).toMatchObject({ firstBadSeq: 17, checked: 0 });
    expect(await audit.verify(tenantId, { fromSeq: 3, untilSeq: 12 })).toMatchObject({ valid: true, checked: 10 });
  });

  it('goes through batches that are longer than what it reads at once', async () => {
    await audit.append(eventsOf(tenantId, 2500));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 2520 });
    expect(await audit.verify(tenantId, { fromSeq: 19, untilSeq: 21 })).toMatchObject({ valid: true, checked: 3 });
    await audit.tamper(set('(chain_seal, chain_seal_from)', '(NULL, NULL)', 2520));
    expect(await audit.verify(tenantId, { fromSeq: 19, untilSeq: 21 })).toMatchObject({ firstBadSeq: 21, checked: 2 });
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

  it('says so when time is too short for the whole of it', async () => {
    for (let round = 0; round < 5; round++) await audit.append(eventsOf(tenantId, 1000));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 5020 });
    const error = await audit.verify(tenantId, {}, 30).catch((reason: unknown) => reason as AnkaError);
    expect(error).toMatchObject({ code: 'deadline-exceeded' });
  });
});
