import { createHash, randomBytes } from 'node:crypto';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { describe, expect, it, vi } from 'vitest';
import { failureOf, shown } from '../jose/testing/failure.js';
import { jweKeys, knownKey, soon } from '../jose/testing/known-key.js';
import { kidOf } from '../key/key-version.js';
import { openJwe, readJwe } from './decrypt.js';
import { DecryptionFailure } from './decryption-failure.js';
import { sealJwe } from './encrypt.js';

const text = Buffer.from('a secret of the house');
const headerOf = (jwe: string): object =>
  JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString()) as object;

describe.each(jweKeys)('%s with %s', (alg, algorithm) => {
  const { key, custody } = knownKey(algorithm, 'encrypt', { alg });
  const seal = async (plaintext: Uint8Array, aad?: Uint8Array): Promise<string> =>
    (await sealJwe(custody, soon, key, { plaintext, enc: 'A256GCM', aad })).jwe;
  const open = (jwe: string, aad?: Uint8Array) => openJwe(custody, soon, key, readJwe(jwe), aad);

  it('seals and opens, from zero bytes to a mebibyte', async () => {
    for (const plaintext of [new Uint8Array(0), text, randomBytes(1024 * 1024)]) {
      const opened = await open(await seal(plaintext));
      expect(opened.alg).toBe(alg);
      expect(Buffer.compare(opened.plaintext, plaintext)).toBe(0);
    }
  });

  it('seals nothing after the deadline', async () => {
    const before = custody.calls;
    const late = await failureOf(() =>
      sealJwe(custody, { deadline: monotonicNow() }, key, { plaintext: text, enc: 'A256GCM' }),
    );
    expect(late).toMatchObject({ code: 'deadline-exceeded' });
    expect(custody.calls).toBe(before);
  });

  it('has alg, enc and kid in its header, and nothing unnecessary', async () => {
    const jwe = await seal(text);
    const members = ['alg', 'enc', 'kid', ...(alg === 'ECDH-ES+A256KW' ? ['epk'] : [])];
    expect(headerOf(jwe)).toMatchObject({ alg, enc: 'A256GCM', kid: kidOf(key) });
    expect(Object.keys(headerOf(jwe))).toEqual(members);
    expect(readJwe(jwe).header.kid).toBe(kidOf(key));
  });

  it('never uses a key, an IV or an ephemeral key twice', async () => {
    const sealed = await Promise.all(Array.from({ length: 20 }, () => seal(text)));
    for (const index of alg === 'dir' ? [2, 3, 4] : [1, 2, 3, 4]) {
      expect(new Set(sealed.map((jwe) => jwe.split('.')[index])).size).toBe(20);
    }
  });

  it('binds additional data by its hash', async () => {
    const aad = Buffer.from('invoice 7');
    const bound = await seal(text, aad);
    expect(headerOf(bound)).toMatchObject({ 'aad#S256': createHash('sha256').update(aad).digest('base64url') });
    expect(Buffer.from((await open(bound, aad)).plaintext).equals(text)).toBe(true);
    const wrong = await Promise.all([
      failureOf(() => open(bound)),
      failureOf(() => open(bound, Buffer.from('invoice 8'))),
      failureOf(() => open(bound, new Uint8Array(0))),
      seal(text).then((free) => failureOf(() => open(free, aad))),
    ]);
    expect(new Set(wrong.map(shown)).size).toBe(1);
    for (const error of wrong)
      expect(error).toMatchObject({ code: 'decryption-failed', cause: { code: 'aad-mismatch' } });
    expect((await open(await seal(text, new Uint8Array(0)), new Uint8Array(0))).plaintext.length).toBe(text.length);
  });

  it('follows the key record if the header names another algorithm', async () => {
    const [header = '', ...rest] = (await seal(text)).split('.');
    const members = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
    delete members['epk'];
    const other = alg === 'A256KW' ? 'dir' : 'A256KW';
    const changed = Buffer.from(JSON.stringify({ ...members, alg: other })).toString('base64url');
    const before = custody.calls;
    expect(await failureOf(() => open([changed, ...rest].join('.')))).toMatchObject({ code: 'algorithm-mismatch' });
    expect(custody.calls).toBe(before);
  });

  it('fails under another key of the same kind', async () => {
    const other = knownKey(algorithm, 'encrypt', { alg });
    const jwe = await seal(text);
    const error = await failureOf(() => openJwe(other.custody, soon, other.key, readJwe(jwe), undefined));
    expect(error.code).toBe('decryption-failed');
    expect(error.cause).toBeInstanceOf(DecryptionFailure);
    expect(error.detail).not.toContain((error.cause as DecryptionFailure).code);
  });

  it('reports custody’s failures in one uniform way', async () => {
    const jwe = readJwe(await seal(text));
    const mute = knownKey(algorithm, 'encrypt', { alg }).custody;
    for (const method of ['decryptOaep', 'agree', 'unwrapCek', 'openGcm'] as const) {
      vi.spyOn(mute, method).mockRejectedValue(new AnkaError('decryption-failed', 'as custody words it'));
    }
    const other = readJwe(await seal(text, text));
    const ours = await failureOf(() => openJwe(custody, soon, key, other, undefined));
    expect(shown(await failureOf(() => openJwe(mute, soon, key, jwe, undefined)))).toBe(shown(ours));
  });

  it('passes on the errors of a token in trouble', async () => {
    const jwe = readJwe(await seal(text));
    const trouble = new AnkaError('hsm-unavailable');
    const troubled = knownKey(algorithm, 'encrypt', { alg }).custody;
    for (const method of ['decryptOaep', 'agree', 'unwrapCek', 'openGcm', 'wrapCek', 'sealGcm'] as const) {
      vi.spyOn(troubled, method).mockRejectedValue(trouble);
    }
    await expect(openJwe(troubled, soon, key, jwe, undefined)).rejects.toBe(trouble);
    if (key.publicKey === null)
      await expect(sealJwe(troubled, soon, key, { plaintext: text, enc: 'A256GCM' })).rejects.toBe(trouble);
  });
});

describe('a key that does not encrypt', () => {
  const { key, custody } = knownKey('EC-P256', 'sign');

  it('neither seals nor opens', async () => {
    expect(await failureOf(() => sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM' }))).toMatchObject({
      code: 'purpose-mismatch',
    });
    const sealed = await sealJwe(custody, soon, knownKey('EC-P256', 'encrypt').key, {
      plaintext: text,
      enc: 'A256GCM',
    });
    const parts = readJwe(sealed.jwe);
    expect(await failureOf(() => openJwe(custody, soon, key, parts, undefined))).toMatchObject({
      code: 'purpose-mismatch',
    });
  });
});

describe('a key that encrypts the content itself', () => {
  it('has only A256GCM, and other content is refused before the token is asked', async () => {
    const { key, custody } = knownKey('AES-256', 'encrypt', { alg: 'dir' });
    const sealing = failureOf(() => sealJwe(custody, soon, key, { plaintext: text, enc: 'A128CBC-HS256' }));
    expect(await sealing).toMatchObject({ code: 'algorithm-mismatch' });
    const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A128CBC-HS256' })).toString('base64url');
    const parts = readJwe(`${header}..${'A'.repeat(22)}.AAAA.${'A'.repeat(22)}`);
    const opening = failureOf(() => openJwe(custody, soon, key, parts, undefined));
    expect(await opening).toMatchObject({ code: 'algorithm-mismatch' });
    expect(custody.calls).toBe(0);
  });
});

describe('the content encryption key', () => {
  it('is wiped on success and on failure', async () => {
    const { key, custody } = knownKey('AES-256', 'encrypt', { alg: 'A256KW' });
    const given: Uint8Array[] = [];
    const wrapCek = custody.wrapCek.bind(custody);
    vi.spyOn(custody, 'wrapCek').mockImplementation((budget, ref, cek) => {
      given.push(cek);
      return wrapCek(budget, ref, cek);
    });
    const value = await sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM' });
    vi.spyOn(custody, 'wrapCek').mockImplementation((_budget, _ref, cek) => {
      given.push(cek);
      return Promise.reject(new AnkaError('hsm-timeout'));
    });
    await expect(sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM' })).rejects.toMatchObject({
      code: 'hsm-timeout',
    });
    const unwrapCek = custody.unwrapCek.bind(custody);
    vi.spyOn(custody, 'unwrapCek').mockImplementation(async (budget, ref, wrapped) => {
      const timed = await unwrapCek(budget, ref, wrapped);
      given.push(timed);
      return timed;
    });
    await openJwe(custody, soon, key, readJwe(value.jwe), undefined);
    expect(given.map((cek) => Buffer.from(cek).toString('hex'))).toEqual(Array<string>(3).fill('00'.repeat(32)));
  });

  it('of another length fails like every other error', async () => {
    const { key, custody } = knownKey('AES-256', 'encrypt', { alg: 'A256KW' });
    const value = await sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM' });
    vi.spyOn(custody, 'unwrapCek').mockResolvedValue(randomBytes(16));
    const error = await failureOf(() => openJwe(custody, soon, key, readJwe(value.jwe), undefined));
    expect(error).toMatchObject({ code: 'decryption-failed', cause: { code: 'cek-length' } });
  });
});

describe('an ephemeral key on another curve than the key', () => {
  it('is refused before the token is asked', async () => {
    const theirs = knownKey('EC-P384', 'encrypt');
    const { key, custody } = knownKey('EC-P256', 'encrypt');
    const value = await sealJwe(theirs.custody, soon, theirs.key, { plaintext: text, enc: 'A256GCM' });
    const error = await failureOf(() => openJwe(custody, soon, key, readJwe(value.jwe), undefined));
    expect(error.code).toBe('jwe-invalid');
    expect(custody.calls).toBe(0);
  });
});
