import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ckr, ckrName } from './ckr.js';
import { otherCkr } from './other-ckr.js';

/** The codes of the header that comes with the binding. Newer ones are known here as well. */
const header = readFileSync(
  join(dirname(createRequire(import.meta.url).resolve('pkcs11js')), 'includes/pkcs11/pkcs11t.h'),
  'utf8',
);
const standard = [...header.matchAll(/#define (CKR_\w+)\s+\(?0x([0-9A-Fa-f]+)/g)]
  .map(([, name = '', code = '']): [string, number] => [name, Number.parseInt(code, 16)])
  .filter(([, code]) => code < 0x80000000);

describe('a return value', () => {
  it('of the standard has its name', () => {
    expect(standard.length).toBeGreaterThan(80);
    for (const [name, code] of standard) expect([code, ckrName(code)]).toEqual([code, name]);
    expect(ckrName(0x10)).toBe('CKR_ATTRIBUTE_READ_ONLY');
  });

  it('has one name, and stands in one of the tables', () => {
    const rows = [...Object.entries(ckr), ...Object.entries(otherCkr)];
    for (const column of [0, 1]) expect(new Set(rows.map((row) => row[column])).size).toBe(rows.length);
  });

  it('of a vendor is told as its number', () => {
    expect(ckrName(0x80000016)).toBe('CKR 0x80000016');
  });
});
