import { beforeAll, describe, expect, it } from 'vitest';
import type { Deadline } from '../deadline/deadline.js';
import { sealJwe } from '../envelope/encrypt.js';
import { knownKey, soon } from '../jose/testing/known-key.js';
import { operations } from './operation.js';
import { granted, running } from './testing/signing.js';

const [, decrypt] = operations;
const known = knownKey('RSA-2048', 'encrypt');
const { custody, key } = known;
const version = granted(known);
const open = running(decrypt, known, { meant: async () => version });
let jwe = '';

beforeAll(async () => {
  ({ jwe } = await sealJwe(custody, soon, key, { plaintext: Buffer.from('a secret'), enc: 'A256GCM' }));
  const decryptOaep = custody.decryptOaep.bind(custody);
  // As a token does: a call that fails counts nothing.
  custody.decryptOaep = async (budget: Deadline, ...call) => {
    const cek = await decryptOaep(budget, ...call);
    budget.hsm?.add(1234);
    return cek;
  };
});

/** The JWE with another last character in one segment. */
const broken = (segment: number): string =>
  jwe
    .split('.')
    .map((text, index) => (index === segment ? `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}` : text))
    .join('.');

const times = async (request: object) => {
  const { head } = await open(request);
  return { ok: head.ok, hsmMicros: head.hsmMicros };
};

describe('the HSM time in an answer', () => {
  it('is the time of the calls that the operation made', async () => {
    expect(await times({ jwe })).toEqual({ ok: true, hsmMicros: 1234 });
  });

  it.each([
    ['the encrypted key', 1],
    ['the ciphertext', 3],
    ['the tag', 4],
  ])('does not tell that %s is why a decryption failed', async (_, segment) => {
    expect(await times({ jwe: broken(segment) })).toEqual({ ok: false, hsmMicros: 0 });
  });

  it('counts the items of a batch that succeeded', async () => {
    expect(await times({ items: [{ jwe }, { jwe: broken(1) }, { jwe: broken(4) }, { jwe }] })).toEqual({
      ok: true,
      hsmMicros: 2468,
    });
  });
});
