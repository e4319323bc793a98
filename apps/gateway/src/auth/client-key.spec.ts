import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { createIssuer, keysOf } from '../issuer/issuer.contract.js';
import { createServiceAccount } from '../service-account/service-account.contract.js';
import { audience } from '../testing/token.js';
import { assertUsable, type ClientKey, clientKey } from './client-key.js';
import { tokenAlgorithms } from './identity.config.js';

const jwkOf = async (alg: string): Promise<Record<string, unknown>> => {
  const { publicKey } = await generateKeyPair(alg);
  return { ...(await exportJWK(publicKey)), kid: 'x', alg };
};

/** An algorithm of each kind of key, and the members of a public key that belong to other kinds. */
const foreign: readonly (readonly [string, readonly string[]])[] = [
  ['RS256', ['crv', 'x', 'y', 'pub']],
  ['ES256', ['n', 'e', 'pub']],
  ['Ed25519', ['y', 'n', 'e', 'pub']],
  ['ML-DSA-44', ['crv', 'x', 'y', 'n', 'e']],
];

describe('a client’s public key', () => {
  it.each(tokenAlgorithms)('is accepted for %s', async (alg) => {
    await expect(
      assertUsable(clientKey.parse({ ...(await jwkOf(alg)), use: 'sig' }) as ClientKey),
    ).resolves.toBeUndefined();
  });

  it('of RSA is refused with an exponent that allows forged signatures', async () => {
    const jwk = await jwkOf('RS256');
    for (const e of ['AQ', 'Aw', 'AQAA']) {
      const key = clientKey.parse({ ...jwk, e }) as ClientKey;
      await expect(assertUsable(key), e).rejects.toMatchObject({ code: 'request-invalid' });
    }
  });

  it.each(foreign)('for %s is taken without members that mean nothing to it: %j', async (alg, members) => {
    const jwk = await jwkOf(alg);
    const other = {
      key_ops: ['verify'],
      ext: true,
      x5c: ['MIIB'],
      x5t: 'AAAA',
      'x5t#S256': 'AAAA',
      iat: 1,
      issuer: 'x',
    };
    const more = Object.fromEntries(members.map((member) => [member, member === 'crv' ? 'P-256' : 'AAAA']));
    expect(clientKey.parse({ ...more, ...other, ...jwk })).toEqual(jwk);
  });

  const account = (key: object) => createServiceAccount.request.safeParse({ name: 'x', roles: ['user'], keys: [key] });
  const issuer = (key: object, algorithms: readonly string[]) =>
    createIssuer.request.safeParse({ issuer: 'https://one.test', audience, algorithms, keys: [key] });

  it.each(tokenAlgorithms)(
    'without alg, of the kind that verifies %s, has it from the algorithms of its issuer',
    async (alg) => {
      const { alg: _, ...bare } = await jwkOf(alg);
      const { success, data, error } = issuer(bare, [alg, alg === 'ES256' ? 'ES384' : 'ES256']);
      if (bare['kty'] === 'AKP') return expect(error?.issues[0]?.message).toContain('send alg');
      expect(success).toBe(true);
      expect(keysOf(data?.keys, data?.algorithms ?? [])).toEqual([{ ...bare, alg }]);
    },
  );

  it.each(tokenAlgorithms)(
    'without alg, of the kind that verifies %s, is an account’s if one algorithm fits it',
    async (alg) => {
      const { alg: _, ...bare } = await jwkOf(alg);
      const { success, data, error } = account(bare);
      expect(success).toBe(bare['kty'] === 'EC');
      if (success) expect(data.keys).toEqual([{ ...bare, alg }]);
      else
        expect(error.issues).toMatchObject([
          { path: ['keys', 0, 'alg'], message: expect.stringContaining('send alg') as string },
        ]);
    },
  );

  it('without alg is refused for an issuer whose algorithms leave a choice, or have none for it', async () => {
    const { alg: _, ...bare } = await jwkOf('RS256');
    expect(issuer(bare, ['RS256', 'PS256']).error?.issues).toMatchObject([
      { path: ['keys', 0, 'alg'], message: 'send alg: the key can verify RS256, PS256' },
    ]);
    expect(issuer(bare, ['ES256']).success).toBe(false);
  });

  it.each(tokenAlgorithms)('for %s without kid has its thumbprint as kid', async (alg) => {
    const { kid: _, ...bare } = await jwkOf(alg);
    const expected = await calculateJwkThumbprint(bare);
    expect(clientKey.parse(bare)).toEqual({ ...bare, kid: expected });
  });

  it('is taken as WebCrypto exports it', async () => {
    const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const { x, y, crv, kty, ...more } = await crypto.subtle.exportKey('jwk', publicKey);
    expect(more).toEqual({ key_ops: ['verify'], ext: true });
    const bare = { x, y, crv, kty };
    expect(account({ ...bare, ...more }).data?.keys).toEqual([
      { ...bare, alg: 'ES256', kid: await calculateJwkThumbprint(bare as JWK) },
    ]);
  });

  it.each([
    ['use', 'enc'],
    ['key_ops', ['encrypt']],
    ['key_ops', []],
    ['kty', 'oct'],
  ])('is refused for another use: %s %j', async (member, value) => {
    expect(clientKey.safeParse({ ...(await jwkOf('RS256')), [member]: value }).success).toBe(false);
  });

  it.each(foreign)('for %s is refused with a missing, overlong or private member', async (alg) => {
    const { kid, alg: _, kty, crv, ...own } = await jwkOf(alg);
    for (const member of Object.keys(own)) {
      expect(clientKey.safeParse({ kid, alg, kty, crv, ...own, [member]: undefined }).success).toBe(false);
      expect(clientKey.safeParse({ kid, alg, kty, crv, ...own, [member]: 'A'.repeat(3457) }).success).toBe(false);
    }
    for (const secret of ['d', 'p', 'priv', 'k'])
      expect(clientKey.safeParse({ kid, alg, kty, crv, ...own, [secret]: 'AAAA' }).success).toBe(false);
  });

  it('is selected from an issuer’s set once, if it can verify', async () => {
    const [key, other] = [await jwkOf('ES256'), await jwkOf('RS256')];
    const fits = (keys: readonly object[]): boolean =>
      createIssuer.request.safeParse({ issuer: 'https://one.test', audience, algorithms: ['ES256'], keys }).success;
    expect([[key], [key, { ...key, kid: 'y' }], [key, key], [other]].map(fits)).toEqual([true, true, false, false]);
  });

  it('follows the same rules for service accounts and issuers', async () => {
    const keys = [{ ...(await jwkOf('ES256')), d: 'AAAA' }];
    const issuer = { issuer: 'https://one.test', audience, algorithms: ['ES256'] };
    const account = { name: 'x', roles: ['user'] };
    for (const { error } of [
      createServiceAccount.request.safeParse({ ...account, keys }),
      createIssuer.request.safeParse({ ...issuer, keys }),
    ])
      expect(error?.issues).toMatchObject([
        { path: ['keys', 0, 'd'], message: 'belongs to a private or secret key: send the public key' },
      ]);
  });
});
