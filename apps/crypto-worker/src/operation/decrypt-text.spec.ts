import { decryptItem } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { sealJwe } from '../envelope/encrypt.js';
import { failureOf } from '../jose/testing/failure.js';
import { knownKey, soon } from '../jose/testing/known-key.js';
import { operations } from './operation.js';

const [, decrypt] = operations;
const { key, custody } = knownKey('AES-256', 'encrypt', { alg: 'A256KW' });

const open = async (plaintext: Uint8Array, encoding: 'utf8' | 'base64url', change = (jwe: string) => jwe) => {
  const { jwe } = await sealJwe(custody, soon, key, { plaintext, enc: 'A256GCM' });
  const item = decryptItem.parse({ jwe: change(jwe), encoding });
  return (await decrypt.run(custody, soon, key, item, decrypt.parse(item))).body['plaintext'];
};

const broken = {
  'a stray continuation': Buffer.of(0x61, 0x80, 0x62),
  'a sequence cut off': Buffer.of(0x61, 0xc3),
  'an overlong form': Buffer.of(0xc0, 0xaf),
  'a surrogate': Buffer.of(0xed, 0xa0, 0x80),
};

describe('a plaintext requested as text', () => {
  it.each(['', 'mit Umlaut ü', '\ufeffwith a byte order mark', '\ufffd', 'a\0b'])(
    '%j is returned unchanged',
    async (text) => {
      expect(await open(Buffer.from(text), 'utf8')).toBe(text);
    },
  );

  it.each(Object.entries(broken))('with %s is refused, and is returned as base64url', async (_, bytes) => {
    expect(await failureOf(() => open(bytes, 'utf8'))).toMatchObject({
      code: 'request-invalid',
      detail: 'The plaintext is not UTF-8 text. Use encoding base64url.',
    });
    expect(await open(bytes, 'base64url')).toBe(bytes.toString('base64url'));
  });

  it('is authenticated before that refusal', async () => {
    const forged = (jwe: string): string => [...jwe.split('.').slice(0, 4), 'A'.repeat(22)].join('.');
    expect(await failureOf(() => open(broken['a surrogate'], 'utf8', forged))).toMatchObject({
      code: 'decryption-failed',
    });
  });
});
