import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { createIssuer } from '../issuer/issuer.contract.js';
import { createServiceAccount } from '../service-account/service-account.contract.js';
import { audience } from '../testing/token.js';
import { assertUsable, clientKey } from './client-key.js';
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
    await expect(assertUsable(clientKey.parse({ ...(await jwkOf(alg)), use: 'sig' }))).resolves.toBeUndefined();
  });

  it('of RSA is refused with an exponent that allows forged signatures', async () => {
    const jwk = await jwkOf('RS256');
    for (const e of ['AQ', 'Aw', 'AQAA']) {
      const key = clientKey.parse({ ...jwk, e });
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

  it('is taken as WebCrypto exports it', async () => {
    const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const { x, y, crv, kty, ...more } = await crypto.subtle.exportKey('jwk', publicKey);
    expect(more).toEqual({ key_ops: ['verify'], ext: true });
    const named = { x, y, crv, kty, kid: 'x', alg: 'ES256' };
    expect(clientKey.parse({ ...named, ...more })).toEqual(named);
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
