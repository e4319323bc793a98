import { describe, expect, it } from 'vitest';
import type { Purpose } from './alg.js';
import { type AlgorithmName, algorithmNames, algorithmOf } from './algorithm.js';
import { approvalAt, approvalRows, cnsaApproval, endOf, fipsApproval, fipsStatus } from './approval.js';

const pairs = algorithmNames.flatMap((name) =>
  (Object.keys(algorithmOf(name).purposes) as Purpose[]).map((purpose) => [name, purpose] as const),
);
const today = Date.parse('2026-11-25T00:00:00Z');
const rights = (table: typeof fipsApproval, name: AlgorithmName, purpose: Purpose, at: string) => {
  const found = approvalAt(table, name, purpose, Date.parse(at));
  return found === undefined ? 'none' : found.protect ? 'protect' : 'process';
};

describe.each([
  ['FIPS', fipsApproval],
  ['CNSA 2.0', cnsaApproval],
])('the %s table', (_, table) => {
  it('has no unreachable row, and no row without a source', () => {
    const moments = [today, ...table.map(endOf).filter(Number.isFinite)];
    const decisive = pairs.flatMap(([name, purpose]) => moments.map((now) => approvalAt(table, name, purpose, now)));
    for (const candidate of table) {
      expect(decisive, JSON.stringify(candidate)).toContain(candidate);
      expect(candidate.source).toMatch(/FIPS|SP 800|CNSA/);
    }
  });

  it('never allows protection without processing', () => {
    for (const { protect, process } of table) expect(protect && !process).toBe(false);
  });

  it('never allows a use again after its end', () => {
    for (const [name, purpose] of pairs) {
      const rows = approvalRows(table, name, purpose);
      const order = rows.map(({ protect }) => (protect ? 1 : 0));
      expect(order, name).toEqual(order.toSorted().reverse());
    }
  });
});

describe('FIPS approval', () => {
  it('covers every algorithm and purpose today', () => {
    for (const [name, purpose] of pairs)
      expect(fipsStatus(name, purpose, today).approved, `${name} ${purpose}`).toBe(true);
  });

  it('allows 112 bits to protect data through 2030, and to process it afterwards', () => {
    for (const purpose of ['sign', 'encrypt'] as const) {
      expect(rights(fipsApproval, 'RSA-2048', purpose, '2030-12-31T23:59:59.999Z')).toBe('protect');
      expect(rights(fipsApproval, 'RSA-2048', purpose, '2031-01-01T00:00:00Z')).toBe('process');
      expect(rights(fipsApproval, 'RSA-3072', purpose, '2031-01-01T00:00:00Z')).toBe('protect');
    }
  });

  it('does not cover pairs that do not exist', () => {
    expect(rights(fipsApproval, 'AES-256', 'sign', '2026-11-25T00:00:00Z')).toBe('none');
    expect(fipsStatus('Ed25519', 'encrypt', today)).toEqual({ approved: false, source: 'in no FIPS or SP 800 text' });
  });
});

describe('CNSA 2.0', () => {
  it.each([
    ['AES-256', 'encrypt', 'protect', 'protect'],
    ['HMAC-SHA384', 'mac', 'protect', 'protect'],
    ['HMAC-SHA512', 'mac', 'protect', 'protect'],
    ['RSA-3072', 'sign', 'process', 'none'],
    ['RSA-4096', 'encrypt', 'process', 'none'],
    ['EC-P384', 'sign', 'process', 'none'],
    ['EC-P384', 'encrypt', 'process', 'none'],
    ['RSA-2048', 'sign', 'none', 'none'],
    ['EC-P256', 'sign', 'none', 'none'],
    ['EC-P521', 'sign', 'none', 'none'],
    ['AES-128', 'encrypt', 'none', 'none'],
    ['HMAC-SHA256', 'mac', 'none', 'none'],
    ['Ed25519', 'sign', 'none', 'none'],
  ] as const)('of %s for %s: %s, from 2034 on %s', (name, purpose, before, after) => {
    expect(rights(cnsaApproval, name, purpose, '2033-12-31T23:59:59Z')).toBe(before);
    expect(rights(cnsaApproval, name, purpose, '2034-01-01T00:00:00Z')).toBe(after);
  });
});
