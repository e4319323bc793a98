import { AnkaError } from '@ankasecure/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CanonicalFields, canonicalBytes, canonicalFields, macInput } from './canonical.js';

const event: CanonicalFields = {
  tenantId: '0192f0c4-7b1e-7c3a-9f10-3d1f5a2b6c70',
  userId: 'alice',
  keyId: null,
  algorithm: 'AES-256',
  operation: 'encrypt',
  outcome: 'success',
  failureCode: null,
  occurredAt: 1_795_000_000_123_456,
  correlationId: 'req-1',
};

/** Parses the form from its description alone. A form that can be parsed is not ambiguous. */
const decode = (bytes: Buffer): unknown[] => {
  const values: unknown[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    if (bytes[offset++] === 0) {
      values.push(null);
      continue;
    }
    const length = bytes.readUInt32BE(offset);
    const content = bytes.subarray(offset + 4, offset + 4 + length);
    const isInstant = canonicalFields[values.length] === 'occurredAt';
    values.push(isInstant ? Number(content.readBigInt64BE()) : content.toString('utf8'));
    offset += 4 + length;
  }
  return values;
};

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 24 }).filter((value) => !value.includes('\0')),
  fc.constantFrom('', '\u0001', '\u0001\u0001', 'é', 'e\u0301', '\ufeff', '𐍈'),
);
const optional = fc.option(text);
const tuple: fc.Arbitrary<CanonicalFields> = fc.record({
  tenantId: text,
  userId: text,
  keyId: optional,
  algorithm: optional,
  operation: text,
  outcome: fc.constantFrom('success' as const, 'failure' as const, 'unknown' as const),
  failureCode: optional,
  occurredAt: fc.maxSafeNat(),
  correlationId: text,
});

describe('canonical bytes', () => {
  it('can be parsed, so distinct tuples never share bytes', () => {
    fc.assert(
      fc.property(tuple, (fields) => {
        expect(decode(canonicalBytes(fields))).toEqual(canonicalFields.map((name) => fields[name]));
      }),
      { numRuns: 2000 },
    );
  });

  it('differ when content moves from one field to the next', () => {
    fc.assert(
      fc.property(tuple, text, text, fc.nat(24), (fields, a, b, cut) => {
        const joined = a + b;
        const [left, right] = [joined.slice(0, cut), joined.slice(cut)];
        fc.pre(left.isWellFormed() && right.isWellFormed() && left !== a);
        const one = canonicalBytes({ ...fields, keyId: a, algorithm: b });
        expect(one.equals(canonicalBytes({ ...fields, keyId: left, algorithm: right }))).toBe(false);
      }),
    );
  });

  it('distinguish null from empty, and different normalisations', () => {
    const forms = [null, '', 'é', 'e\u0301'].map((algorithm) =>
      canonicalBytes({ ...event, algorithm }).toString('hex'),
    );
    expect(new Set(forms).size).toBe(forms.length);
  });

  it.each([
    ['a lone surrogate', { userId: 'a\ud800' }],
    ['NUL', { correlationId: 'a\0b' }],
    ['a fraction of a microsecond', { occurredAt: 0.5 }],
    ['an instant JSON cannot carry exactly', { occurredAt: 2 ** 53 }],
  ])('refuse %s', (_, over) => {
    expect(() => canonicalBytes({ ...event, ...over })).toThrow(AnkaError);
  });
});

describe('MAC input', () => {
  it('binds the id of the MAC key', () => {
    const canonical = canonicalBytes(event);
    expect(macInput('key-1', canonical).equals(macInput('key-2', canonical))).toBe(false);
    expect(macInput('key-1', canonical).subarray(-canonical.length)).toEqual(canonical);
  });

  it('refuses a key id without a canonical form', () => {
    expect(() => macInput('a\ud800', Buffer.of())).toThrow(AnkaError);
  });
});
