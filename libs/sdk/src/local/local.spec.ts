import { base64url, CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Schemas } from '../operation/operation.js';
import type { KeySets } from './key-sets.js';
import { type JwsToVerify, Local } from './local.js';
import type { PublicKeys } from './public-keys.js';

const id = '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10';
const kid = `${id}.1`;

/** A Local whose tenant has one EC key, with what it asks of the platform. */
const withKey = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid };
  const asked: object[] = [];
  const platform = {
    verify: async (item: object) => {
      asked.push(item);
      return { valid: false, keyId: id, version: 1, alg: 'ES256' } as Schemas['VerifyResult'];
    },
    encrypt: async (item: object) => {
      asked.push(item);
      return { jwe: 'of the platform', keyId: id, version: 1 } as Schemas['EncryptResult'];
    },
  };
  const key = { id, version: 1, state: 'ACTIVE', purpose: 'encrypt', algs: ['ECDH-ES+A256KW'], publicKey: { jwk } };
  const local = new Local(
    platform,
    { of: async () => key } as unknown as PublicKeys,
    { findNow: async () => jwk } as unknown as KeySets,
    'acme',
  );
  const sign = (payload: string) =>
    new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  return { local, asked, sign };
};

describe('a verification with public keys', () => {
  it('happens here', async () => {
    const { local, asked, sign } = await withKey();
    expect(await local.verify({ jws: await sign('hello') })).toMatchObject({ valid: true, by: 'client' });
    expect(asked).toEqual([]);
  });

  it.each([
    { keyId: id },
    { alias: 'another' },
    { version: 2 },
    { alg: 'PS256' },
    { acceptRisk: true },
    { fromTheFuture: 1 },
  ])('that also says %j is the platform’s, which gets all of it', async (more) => {
    const { local, asked, sign } = await withKey();
    const item = { jws: await sign('hello'), ...more } as JwsToVerify;
    expect(await local.verify(item)).toMatchObject({ valid: false, by: 'platform' });
    expect(asked).toEqual([item]);
  });
});

describe('an encryption with a public key', () => {
  const largest = 1024 * 1024;
  const text = { keyId: id, encoding: 'utf8' } as const;

  it.each([
    [{ ...text, plaintext: 'hällo' }],
    [{ ...text, plaintext: 'x', aad: 'bound' }],
    [{ keyId: id, plaintext: base64url.encode('hello'), aad: base64url.encode('bound') }],
    [{ ...text, plaintext: 'x'.repeat(largest) }],
  ])('happens here', async (item) => {
    const { local, asked } = await withKey();
    expect(await local.encrypt(item)).toMatchObject({ by: 'client', version: 1 });
    expect(asked).toEqual([]);
  });

  it.each([
    ['a lone surrogate', { ...text, plaintext: '\ud800' }],
    ['a lone surrogate in the data that it is bound to', { ...text, plaintext: 'x', aad: '\udc00' }],
    ['base64url that is not canonical', { keyId: id, plaintext: 'AB' }],
    ['data that it is bound to that are not canonical', { keyId: id, plaintext: '', aad: 'AAAA=' }],
    ['no base64url', { keyId: id, plaintext: 'not base64url!' }],
    ['more than 1 MiB', { ...text, plaintext: 'x'.repeat(largest + 1) }],
    ['more than 1 MiB in few characters', { ...text, plaintext: 'ä'.repeat(largest / 2 + 1) }],
    ['more than 1 MiB of data that it is bound to', { ...text, plaintext: '', aad: 'x'.repeat(largest + 1) }],
    ['a member that is not known here', { ...text, plaintext: 'x', fromTheFuture: 1 }],
    ['a content encryption that is not known here', { ...text, plaintext: 'x', enc: 'A512GCM' }],
    ['an encoding that is not known here', { keyId: id, plaintext: 'AAAA', encoding: 'hex' }],
    ['two names of a key', { ...text, plaintext: 'x', alias: 'box' }],
  ])('of %s is the platform’s, which refuses it', async (_, item) => {
    const { local, asked } = await withKey();
    expect(await local.encrypt(item as Schemas['EncryptRequest'])).toMatchObject({ by: 'platform' });
    expect(asked).toEqual([item]);
  });
});
