import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { decryptItem, encryptItem } from './crypto.js';
import { maxItemBytes } from './crypto-item.js';
import { signItem, verifyItem } from './signature.js';

const keyId = '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10';
const jwe = 'e30....';

/** Every member that contains a caller's data. */
const places = [
  ['plaintext', (data: string, encoding: string) => encryptItem.safeParse({ keyId, plaintext: data, encoding })],
  ['aad', (aad: string, encoding: string) => encryptItem.safeParse({ keyId, plaintext: '', aad, encoding })],
  ['aad', (aad: string, encoding: string) => decryptItem.safeParse({ jwe, aad, encoding })],
  ['payload', (payload: string, encoding: string) => signItem.safeParse({ keyId, payload, encoding })],
  ['payload', (payload: string, encoding: string) => verifyItem.safeParse({ jws: 'e30..', payload, encoding })],
] as const;

const text = (bytes: number, letter: string): string => {
  const size = Buffer.byteLength(letter);
  return letter.repeat(Math.floor(bytes / size)) + 'x'.repeat(bytes % size);
};
const base64url = (bytes: number): string => Buffer.alloc(bytes, 0xe7).toString('base64url');

describe.each(places)('an item’s %s', (field, parse) => {
  it.each(['x', 'é', '数', '🔑', '\u0000'])('of %j as text is counted in bytes', (letter) => {
    expect(parse(text(maxItemBytes, letter), 'utf8').success).toBe(true);
    for (const bytes of [maxItemBytes + 1, Math.floor(maxItemBytes * 1.33)]) {
      const { error } = parse(text(bytes, letter), 'utf8');
      expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
        [[field], 'must be at most 1048576 bytes of UTF-8'],
      ]);
    }
  });

  it('as base64url is counted in bytes', () => {
    expect(parse(base64url(maxItemBytes), 'base64url').success).toBe(true);
    expect(parse(base64url(maxItemBytes + 1), 'base64url').success).toBe(false);
  });
});

describe('a name that is not where it belongs', () => {
  const faultOf = (schema: z.ZodType, value: object): string | undefined =>
    schema.safeParse(value).error?.issues.find(({ path }) => path[0] === 'keyId')?.message;

  it.each([
    ['encrypt', encryptItem, { plaintext: 'AAAA' }],
    ['decrypt', decryptItem, { jwe: 'x' }],
    ['sign', signItem, { payload: 'AAAA' }],
    ['verify', verifyItem, { jws: 'x' }],
  ] as const)('an alias as keyId of %s is told the member that it belongs to', (_, schema, rest) => {
    for (const keyId of ['invoices', 'not even an alias!', ''])
      expect(faultOf(schema, { keyId, ...rest })).toMatch(/UUID.* as alias$/);
  });
});
