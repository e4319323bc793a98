import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CanonicalFields, canonicalBytes, macInput } from './canonical.js';
import { type ChainRow, ChainVerification, verifyChain } from './chain.js';
import { detailsText, genesisHash, leafHash } from './leaf.js';
import { fitsMacDay } from './mac-day.js';

const tenantId = '0192f0c4-7b1e-7c3a-9f10-3d1f5a2b6c70';
const macKeyId = '1.1970-01-02';
const dayMicros = 86_400_000_000;

const fieldsOf = (seq: number): CanonicalFields => ({
  tenantId,
  userId: 'alice',
  keyId: null,
  algorithm: null,
  operation: 'sign',
  outcome: 'success',
  failureCode: null,
  occurredAt: 1_000_000 + seq,
  correlationId: `req-${seq}`,
});

const seal = (
  fields: CanonicalFields,
  seq: number,
  previousHash: Uint8Array,
  sealedAt = dayMicros + seq,
  keyId = macKeyId,
): ChainRow => {
  const canonical = canonicalBytes(fields);
  const hmac = createHmac('sha256', 'secret').update(macInput(keyId, canonical)).digest();
  const details = detailsText();
  const leaf = { seq, eventId: `event-${seq}`, previousHash, macKeyId: keyId, canonical, hmac, details, sealedAt };
  return { ...fields, ...leaf, hash: leafHash(leaf), chainSeal: null };
};

const trail = (length: number): ChainRow[] => {
  const rows: ChainRow[] = [];
  for (let seq = 1; seq <= length; seq++)
    rows.push(seal(fieldsOf(seq), seq, rows.at(-1)?.hash ?? genesisHash(tenantId)));
  return rows;
};

const rows = trail(10);
const headOf = (all: readonly ChainRow[]) => ({ seq: all.length, hash: all.at(-1)?.hash ?? genesisHash(tenantId) });
const head = headOf(rows);
const at = (seq: number): ChainRow => rows[seq - 1] ?? expect.unreachable();
const replaced = (seq: number, over: Partial<ChainRow>): ChainRow[] => rows.with(seq - 1, { ...at(seq), ...over });
const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 3 ? byte ^ 1 : byte));

describe('a trail', () => {
  it('is valid, whole and from any row on', () => {
    expect(verifyChain(tenantId, rows, head)).toBeUndefined();
    const start = { seq: 5, previousHash: at(4).hash, sealedAt: at(4).sealedAt };
    expect(verifyChain(tenantId, rows.slice(4), head, start)).toBeUndefined();
    expect(verifyChain(tenantId, [], { seq: 0, hash: Buffer.of() })).toBeUndefined();
  });

  /** Changes a row and recomputes all hashes. */
  const resealed = (seq: number, sealedAt: number): ChainRow[] => {
    const changed = rows.slice(0, seq - 1);
    changed.push(seal(fieldsOf(seq), seq, at(seq - 1).hash, sealedAt));
    for (let next = seq + 1; next <= rows.length; next++)
      changed.push(
        seal(fieldsOf(next), next, changed.at(-1)?.hash ?? Buffer.of(), Math.max(sealedAt, dayMicros + next)),
      );
    return changed;
  };
  const flippedAt = (changed: ChainRow[], seq: number): ChainRow[] =>
    changed.map((row) => (row.seq === seq ? { ...row, hmac: flipped(row.hmac) } : row));
  const swapped = rows.with(3, { ...at(5), seq: 4 }).with(4, { ...at(4), seq: 5 });
  it.each([
    ['a changed column', replaced(6, { userId: 'mallory' }), 6, 'content-changed'],
    ['an instant that cannot be written down', replaced(6, { occurredAt: 2 ** 53 }), 6, 'content-changed'],
    ['a changed canonical byte', replaced(6, { canonical: flipped(at(6).canonical) }), 6, 'content-changed'],
    ['changed details', replaced(6, { details: '{"a":"b"}' }), 6, 'content-changed'],
    ['a changed HMAC', replaced(6, { hmac: flipped(at(6).hmac) }), 6, 'content-changed'],
    ['a changed MAC key id', replaced(6, { macKeyId: 'mac-2' }), 6, 'content-changed'],
    ['a changed hash', replaced(6, { hash: flipped(at(6).hash) }), 6, 'content-changed'],
    ['a changed sealing time', replaced(6, { sealedAt: at(6).sealedAt + 1 }), 6, 'content-changed'],
    ['a changed event id', replaced(6, { eventId: 'event-x' }), 6, 'content-changed'],
    ['a changed previous hash', replaced(6, { previousHash: flipped(at(6).previousHash) }), 6, 'chain-broken'],
    ['a change after time that went back', flippedAt(resealed(6, at(5).sealedAt - 1), 8), 8, 'content-changed'],
    ['an end after time that went back', resealed(6, at(5).sealedAt - 1).slice(0, 8), 9, 'tail-missing'],
    ["a day that is not the MAC key's", resealed(6, 3 * dayMicros), 6, 'time-inconsistent'],
    [
      'a single row that is sealed again',
      replaced(6, seal({ ...fieldsOf(6), userId: 'mallory' }, 6, at(5).hash)),
      7,
      'chain-broken',
    ],
    ['a deleted row', rows.toSpliced(2, 1), 3, 'missing'],
    ['a deleted first row', rows.slice(1), 1, 'missing'],
    ['a doubled row', rows.toSpliced(3, 0, at(3)), 3, 'chain-broken'],
    ['two swapped rows', swapped, 4, 'chain-broken'],
    ['a truncated tail', rows.slice(0, 8), 9, 'tail-missing'],
    ['all rows gone', [], 1, 'tail-missing'],
    ['a row beyond the head', [...rows, seal(fieldsOf(11), 11, head.hash)], 11, 'chain-broken'],
    ['a last row that is sealed again', replaced(10, seal(fieldsOf(99), 10, at(9).hash)), 10, 'chain-broken'],
  ] as const)('detects %s', (_, changed, seq, reason) => {
    expect(verifyChain(tenantId, changed, head)).toEqual({ seq, reason });
  });

  /** Rows that were sealed at the time of another day under a key, the last of them with the key of that day. */
  it.each([
    [0, 0, true],
    [1, 0, true],
    [1, -1, false],
    [2, 0, false],
    [2, 1, true],
    [30, 0, false],
    [30, 29, true],
  ])('after %i days, takes a row that goes back in time under the key of day %i: %s', (days, keyDay, isTaken) => {
    const dayOf = (day: number) => `1.${new Date((day + 100) * 86_400_000).toISOString().slice(0, 10)}`;
    const timeOf = (day: number) => (day + 100) * dayMicros + 10;
    const first = seal(fieldsOf(1), 1, genesisHash(tenantId), timeOf(days), dayOf(days));
    const second = seal(fieldsOf(2), 2, first.hash, timeOf(keyDay) - 5, dayOf(keyDay));
    const verification = new ChainVerification(tenantId);
    for (const row of [first, second]) verification.feed(row);
    expect(verification.fault).toEqual(isTaken ? undefined : { seq: 2, reason: 'time-inconsistent' });
    expect(verification.timeFault).toEqual(isTaken ? { seq: 2, reason: 'time-inconsistent' } : undefined);
  });

  it('detects time that went back, if nothing else is wrong', () => {
    const changed = resealed(6, at(5).sealedAt - 1);
    expect(verifyChain(tenantId, changed, headOf(changed))).toEqual({ seq: 6, reason: 'time-inconsistent' });
  });

  it("detects another tenant's trail in its place", () => {
    const other = '0192f0c4-7b1e-7c3a-9f10-000000000000';
    expect(verifyChain(other, rows, head)).toEqual({ seq: 1, reason: 'chain-broken' });
  });

  it('reports its last valid row', () => {
    const verification = new ChainVerification(tenantId);
    for (const row of rows.toSpliced(6, 1)) verification.feed(row);
    expect(verification.verified).toBe(6);
    expect(verification.fault).toEqual({ seq: 7, reason: 'missing' });
  });
});

describe("a MAC key's day", () => {
  it.each([
    ['1.1970-01-02', dayMicros, true],
    ['1.1970-01-02', 0, true],
    ['1.1970-01-02', 3 * dayMicros - 1, true],
    ['1.1970-01-02', 3 * dayMicros, false],
    ['1.1970-01-03', dayMicros - 1, false],
    ['1.1970-13-45', dayMicros, false],
    ['1.hsm', 100 * dayMicros, true],
  ])('%s at %i µs: %s', (id, sealedAt, fits) => {
    expect(fitsMacDay(id, sealedAt)).toBe(fits);
  });
});

describe('details', () => {
  it('are sorted by UTF-16 code units and escaped as RFC 8785 requires', () => {
    const details = {
      '\ufb33': 'dalet',
      '\u{1f600}': 'smile',
      '\u20ac': 'euro',
      '1': 'one',
      '\r': 'cr',
      '\u0080': 'control',
    };
    const sorted = '{"\\r":"cr","1":"one","\u0080":"control","\u20ac":"euro","\u{1f600}":"smile","\ufb33":"dalet"}';
    expect(detailsText(details)).toBe(sorted);
    expect(JSON.parse(sorted)).toEqual(details);
  });

  it('refuse ill-formed text', () => {
    expect(() => detailsText({ a: '\udc00' })).toThrow('well-formed');
  });
});
