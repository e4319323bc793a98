import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { knownKey, soon } from '../jose/testing/known-key.js';
import { openssl, privatePem, publicPem } from '../jose/testing/openssl.js';
import { kidOf } from '../key/key-version.js';
import { openJwe, readJwe } from './decrypt.js';
import { sealJwe } from './encrypt.js';

const text = Buffer.from('between two houses');
const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'].flatMap((option) => [
  '-pkeyopt',
  option,
]);

describe.each(['RSA-2048', 'RSA-4096'] as const)('openssl and our code, RSA-OAEP-256 with %s', (algorithm) => {
  const { key, custody, secret } = knownKey(algorithm, 'encrypt');

  it('openssl opens the key we sealed', async () => {
    const value = await sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM' });
    const [, encryptedKey = ''] = value.jwe.split('.');
    const args = ['pkeyutl', '-decrypt', '-inkey', 'key.pem', ...oaep];
    const cek = openssl(args, { 'key.pem': privatePem(secret) }, Buffer.from(encryptedKey, 'base64url'));
    expect(cek.length).toBe(32);
  });

  it('we open the key that openssl sealed', async () => {
    if (key.publicKey === null) throw new Error('an RSA key has a public half');
    const cek = randomBytes(32);
    const iv = randomBytes(12);
    const header = Buffer.from(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: kidOf(key) })).toString(
      'base64url',
    );
    const args = ['pkeyutl', '-encrypt', '-pubin', '-inkey', 'key.pem', ...oaep];
    const encryptedKey = openssl(args, { 'key.pem': publicPem(key.publicKey) }, cek);
    const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(Buffer.from(header));
    const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
    const rest = [encryptedKey, iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
    const value = await openJwe(custody, soon, key, readJwe([header, ...rest].join('.')), undefined);
    expect(Buffer.from(value.plaintext).equals(text)).toBe(true);
  });
});
