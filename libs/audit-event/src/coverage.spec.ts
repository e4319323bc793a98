import { describe, expect, it } from 'vitest';
import { canonicalBytes } from './canonical.js';
import type { ChainRow } from './chain.js';
import { chainSealBytes, type SealedIndex, sealedBytesOf } from './chain-seal.js';
import { Coverage, type KeyedChecks, type TrailFault } from './coverage.js';

const tenantId = '0192f0c4-7b1e-7c3a-9f10-3d1f5a2b6c70';
const hash = Buffer.alloc(32, 7);

/** The members of a row that coverage needs: its seq, and the first seq of the batch if it ends one. */
type Shape = readonly [seq: number, fromSeq?: number];

const rowOf = ([seq, fromSeq]: Shape): ChainRow => ({
  tenantId,
  userId: 'alice',
  keyId: null,
  algorithm: null,
  operation: 'sign',
  outcome: 'success',
  failureCode: null,
  occurredAt: 0,
  correlationId: 'req-1',
  seq,
  eventId: `event-${seq}`,
  previousHash: hash,
  macKeyId: '1.hsm',
  canonical: Buffer.of(),
  hmac: hash,
  details: '{}',
  sealedAt: 0,
  hash,
  chainSeal: fromSeq === undefined ? null : { fromSeq, mac: hash, index: null },
});

/** Two batches of three. */
const batches: readonly Shape[] = [[1], [2], [3, 1], [4], [5], [6, 4]];

const coverOf = (
  shapes: readonly Shape[],
  { fromSeq = 1, bad = {} }: { fromSeq?: number; bad?: Readonly<Record<number, Partial<KeyedChecks>>> } = {},
): { covered: number; fault: TrailFault | undefined } => {
  const coverage = new Coverage(fromSeq);
  for (const shape of shapes) {
    const fault = coverage.feed(rowOf(shape), { hmac: true, chainSeal: true, ...bad[shape[0]] });
    if (fault !== undefined) return { covered: coverage.covered, fault };
  }
  return { covered: coverage.covered, fault: coverage.finish(6) };
};

describe('coverage', () => {
  it('reaches to the last seal, from any row on', () => {
    expect(coverOf(batches)).toEqual({ covered: 6, fault: undefined });
    expect(coverOf(batches.slice(1), { fromSeq: 2 })).toEqual({ covered: 6, fault: undefined });
    expect(coverOf(batches.slice(5), { fromSeq: 6 })).toEqual({ covered: 6, fault: undefined });
  });

  it.each<readonly [string, readonly Shape[], Parameters<typeof coverOf>[1], number, TrailFault]>([
    ['a seal that does not hold', batches, { bad: { 3: { chainSeal: false } } }, 0, { seq: 1, reason: 'unsealed' }],
    ['a last seal that does not', batches, { bad: { 6: { chainSeal: false } } }, 3, { seq: 4, reason: 'unsealed' }],
    ['a stripped last seal', batches.with(5, [6]), {}, 3, { seq: 4, reason: 'unsealed' }],
    ['a stripped seal before one that holds', batches.with(2, [3]), {}, 0, { seq: 1, reason: 'unsealed' }],
    ['rows between two batches', batches.with(5, [6, 5]), {}, 3, { seq: 4, reason: 'unsealed' }],
    ['rows before the first batch', batches.with(2, [3, 2]), {}, 0, { seq: 1, reason: 'unsealed' }],
    ['an HMAC that does not hold', batches, { bad: { 5: { hmac: false } } }, 3, { seq: 5, reason: 'hmac-mismatch' }],
    ['rows without any seal', [[1], [2]], {}, 0, { seq: 1, reason: 'unsealed' }],
  ])('is not provided by %s', (_, shapes, options, covered, fault) => {
    expect(coverOf(shapes, options)).toEqual({ covered, fault });
  });
});

describe('the bytes of a chain seal', () => {
  const index = { seq: 5, mac: Buffer.alloc(32, 9) };
  const none = { seq: 0, mac: Buffer.of() };
  const batch = { tenantId, fromSeq: 4, seq: 6, hash, index };
  const sealed = (bound: SealedIndex | null) =>
    sealedBytesOf({ ...rowOf([6, 4]), chainSeal: { fromSeq: 4, mac: hash, index: bound } });

  it('bind tenant, first row, last row, hash, index of records and version', () => {
    const forms = [
      batch,
      { ...batch, tenantId: tenantId.replace('0', '1') },
      { ...batch, fromSeq: 5 },
      { ...batch, seq: 7 },
      { ...batch, hash: Buffer.alloc(32, 8) },
      { ...batch, index: { ...index, seq: 4 } },
      { ...batch, index: { ...index, mac: Buffer.alloc(32, 8) } },
      { ...batch, index: none },
      { ...batch, index: null },
    ].map((each) => chainSealBytes(each).toString('hex'));
    expect(new Set(forms).size).toBe(forms.length);
    expect(sealed(index)?.toString('hex')).toBe(forms[0]);
    expect(sealed(none)?.toString('hex')).toBe(forms[7]);
    expect(sealed(null)?.toString('hex')).toBe(forms[8]);
  });

  it.each([1, 2])('begin with their magic and version %i', (version) => {
    const start = chainSealBytes({ ...batch, index: version === 1 ? null : index }).subarray(0, 23);
    expect(start.toString('latin1')).toBe(`ankasecure.audit.chain${String.fromCharCode(version)}`);
  });

  it("never begin like an event's canonical bytes", () => {
    expect([0, 1]).toContain(canonicalBytes(rowOf([1]))[0]);
    expect([0, 1]).not.toContain(chainSealBytes(batch)[0]);
  });

  it('do not exist for a row without a seal, or with one that begins after its end', () => {
    expect(sealedBytesOf(rowOf([6]))).toBeUndefined();
    expect(sealedBytesOf(rowOf([6, 7]))).toBeUndefined();
    expect(sealedBytesOf(rowOf([6, 2 ** 63]))).toBeUndefined();
  });

  it.each([
    ['changed after the batch', { ...index, seq: 7 }],
    ['changed before the trail', { ...index, seq: -1 }],
    ['without a MAC', { ...none, seq: 5 }],
    ['of no event, with a MAC', { ...index, seq: 0 }],
  ])('do not exist for a seal over an index %s', (_, bound) => {
    expect(sealed(bound)).toBeUndefined();
  });
});
