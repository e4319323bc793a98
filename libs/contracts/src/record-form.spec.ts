import { describe, expect, it } from 'vitest';
import { type ColumnValue, recordDigest, recordForm, recordMacInput } from './record-form.js';

const place = { table: 'key_alias', tenantId: '0190b8a0-0000-7000-8000-000000000001' };
const form = (...columns: [string, ColumnValue][]): string =>
  recordForm('crypto-worker', place, columns).toString('hex');

const head =
  `${Buffer.from('ankasecure.record').toString('hex')}01` +
  `010000000d${Buffer.from('crypto-worker').toString('hex')}` +
  `0100000009${Buffer.from('key_alias').toString('hex')}` +
  `0100000024${Buffer.from(place.tenantId).toString('hex')}`;
const named = (name: string): string =>
  `01000000${name.length.toString(16).padStart(2, '0')}${Buffer.from(name).toString('hex')}`;

describe('the canonical form of a record', () => {
  it.each<[string, ColumnValue, string]>([
    ['text', 'Zoë', '01000000045a6fc3ab'],
    ['an empty text', '', '0100000000'],
    ['an integer', 258, '02000000080000000000000102'],
    ['a negative integer', -1, '0200000008ffffffffffffffff'],
    ['true', true, '030000000101'],
    ['false', false, '030000000100'],
    ['an instant', new Date('1970-01-01T00:00:01.234Z'), '040000000800000000000004d2'],
    ['bytes', Buffer.from('0001ff', 'hex'), '05000000030001ff'],
    ['a list', ['a', ''], '060000000b0100000001610100000000'],
    [
      'JSON',
      { b: 1, a: { z: null, 10: [2], 9: 'x' } },
      `070000002c${Buffer.from('{" a":{" 10":[2]," 9":"x"," z":null}," b":1}').toString('hex')}`,
    ],
  ])('encodes %s', (_, value, expected) => {
    expect(form(['column', value])).toBe(`${head}${named('column')}${expected}`);
  });

  it('leaves out null, so that a column may be added later', () => {
    expect(form(['a', 'x'], ['b', null])).toBe(form(['a', 'x']));
    expect(form(['a', 'x'], ['b', ''])).not.toBe(form(['a', 'x']));
  });

  it('orders columns by name', () => {
    expect(form(['b', 1], ['a', 2])).toBe(form(['a', 2], ['b', 1]));
    expect(form(['b', 1], ['a', 2])).not.toBe(form(['a', 1], ['b', 2]));
  });

  it.each<[string, [string, ColumnValue][], [string, ColumnValue][]]>([
    ['a text and its bytes', [['a', 'x']], [['a', Buffer.from('x')]]],
    ['a number and an instant', [['a', 5]], [['a', new Date(5)]]],
    ['a list and its texts joined', [['a', ['x', 'y']]], [['a', ['xy']]]],
    [
      'bytes that move between columns',
      [
        ['a', 'xy'],
        ['b', 'z'],
      ],
      [
        ['a', 'x'],
        ['b', 'yz'],
      ],
    ],
    ['an empty list and an empty object', [['a', []]], [['a', {}]]],
  ])('tells %s apart', (_, one, other) => {
    expect(form(...one)).not.toBe(form(...other));
  });

  it.each([1.5, Number.NaN, 2 ** 53, '\ud800', new Date(Number.NaN)])('has none for %s', (value) => {
    expect(() => form(['column', value])).toThrow(TypeError);
  });

  it('differs by service, table and tenant', () => {
    const digests = [
      recordDigest('crypto-worker', place, []),
      recordDigest('gateway', place, []),
      recordDigest('crypto-worker', { ...place, table: 'key' }, []),
      recordDigest('crypto-worker', { ...place, tenantId: null }, []),
    ].map((digest) => digest.toString('hex'));
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests[0]).toBe('255e7b1071a1046919ede42dcc5a52d590e7017952a9140c99d7b2492b3eabeb');
  });
});

describe('the input of the record key', () => {
  it('names service, table, tenant and digest', () => {
    const input = recordMacInput('crypto-worker', place, Buffer.alloc(32, 7)).toString('hex');
    expect(input).toBe(`${head}0500000020${'07'.repeat(32)}`);
  });

  it('is never a form', () => {
    const digest = Buffer.alloc(32, 7);
    expect(recordMacInput('crypto-worker', place, digest)).not.toEqual(
      recordForm('crypto-worker', place, [['', digest]]),
    );
  });
});
