import { contentAlgs, fitsContent } from '@ankasecure/algorithm';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../jose/testing/failure.js';
import { jweKeys, knownKey, soon } from '../jose/testing/known-key.js';
import { kidOf } from '../key/key-version.js';
import { openJwe, readJwe } from './decrypt.js';
import { sealJwe } from './encrypt.js';

const text = Buffer.from('between two houses');

describe.each(jweKeys)('jose and our code, %s with %s', (alg, algorithm) => {
  const { key, custody, secret } = knownKey(algorithm, 'encrypt', { alg });
  const encrypt = (header: object = {}) =>
    new CompactEncrypt(text).setProtectedHeader({ alg, enc: 'A256GCM', kid: kidOf(key), ...header });

  it('jose opens our JWE', async () => {
    for (const aad of [undefined, Buffer.from('bound')]) {
      const value = await sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM', aad });
      const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: ['A256GCM'] };
      const opened = await compactDecrypt(value.jwe, secret, options);
      expect(Buffer.from(opened.plaintext).equals(text)).toBe(true);
      expect(opened.protectedHeader).toMatchObject({ alg, enc: 'A256GCM', kid: kidOf(key) });
    }
  });

  it('we open a JWE from jose', async () => {
    const jwe = await encrypt().encrypt(key.publicKey ?? secret);
    const value = await openJwe(custody, soon, key, readJwe(jwe), undefined);
    expect(Buffer.from(value.plaintext).equals(text)).toBe(true);
  });

  describe.each(contentAlgs.filter((enc) => fitsContent(alg, enc)))('and content under %s', (enc) => {
    it('opens both ways', async () => {
      const ours = await sealJwe(custody, soon, key, { plaintext: text, enc });
      const opened = await compactDecrypt(ours.jwe, secret, { contentEncryptionAlgorithms: [enc] });
      expect(Buffer.from(opened.plaintext).equals(text)).toBe(true);
      const theirs = await encrypt({ enc }).encrypt(key.publicKey ?? secret);
      const value = await openJwe(custody, soon, key, readJwe(theirs), undefined);
      expect(value.enc).toBe(enc);
      expect(Buffer.from(value.plaintext).equals(text)).toBe(true);
    });
  });

  if (alg === 'ECDH-ES+A256KW')
    it('jose names the parties of an agreement as we do', async () => {
      const parties = { apu: Buffer.from('Alice'), apv: Buffer.from('Bob') };
      const jwe = await encrypt()
        .setKeyManagementParameters(parties)
        .encrypt(key.publicKey ?? secret);
      const value = await openJwe(custody, soon, key, readJwe(jwe), undefined);
      expect(Buffer.from(value.plaintext).equals(text)).toBe(true);
    });

  it('jose compresses, which we refuse', async () => {
    const jwe = await encrypt({ zip: 'DEF' }).encrypt(key.publicKey ?? secret);
    expect(await failureOf(() => readJwe(jwe))).toMatchObject({ code: 'jwe-invalid' });
  });
});
