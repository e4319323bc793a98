import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformTenantId } from '@ankasecure/contracts';
import { createLogger, WatchedFiles } from '@ankasecure/service-kit';
import { Registry } from 'prom-client';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Outbound } from '../outbound/outbound.js';
import { makeIssuer } from '../testing/token.js';
import { identityConfig } from './identity.config.js';
import { issuerKeys } from './issuer-keys.js';
import { KeyOutage } from './key-outage.js';

const issuer = { issuer: 'https://idp.test', audience: 'api', algorithms: ['ES256'] };
const accepts = (...issuers: object[]): boolean => identityConfig.safeParse({ issuers }).success;

describe('the identity configuration', () => {
  it('needs exactly one source of keys', () => {
    expect(accepts({ ...issuer, jwksFile: '/keys' })).toBe(true);
    expect(accepts(issuer)).toBe(false);
    expect(accepts({ ...issuer, jwksFile: '/keys', jwksUrl: 'https://idp.test/keys' })).toBe(false);
  });

  it.each([
    ['https://idp.test/keys', true],
    ['http://127.0.0.1:8080/keys', true],
    ['http://[::1]/keys', true],
    ['http://idp.test/keys', false],
    ['http://127.0.0.1.idp.test/keys', false],
    ['file:///etc/passwd', false],
    ['keys', false],
  ])('takes keys from %s: %s', (jwksUrl, ok) => expect(accepts({ ...issuer, jwksUrl })).toBe(ok));

  it.each(['none', 'HS256', 'HS512', 'RS1', 'es256'])('never allows %s', (algorithm) => {
    expect(accepts({ ...issuer, jwksFile: '/keys', algorithms: [algorithm] })).toBe(false);
  });

  it('trusts an issuer for the platform’s tenant only if the issuer is marked for it', () => {
    const one = { ...issuer, jwksFile: '/keys' };
    expect(identityConfig.parse({ issuers: [one] }).issuers[0]?.platform).toBe(false);
    expect(accepts({ ...one, platform: true })).toBe(true);
    expect(accepts({ ...one, tenants: [platformTenantId] })).toBe(false);
  });

  it.each([
    ['an issuer of the platform', 'https://issuer.example', true, true],
    ['an issuer of tenants', 'https://issuer.example', false, false],
    ['an issuer that is not configured', 'https://other.example', true, false],
  ])('takes repairers of %s', (_, name, platform, ok) => {
    const one = { ...issuer, issuer: 'https://issuer.example', jwksFile: '/keys', platform };
    const identity = { issuers: [one], repairers: [{ issuer: name, subject: 'corp:anna' }] };
    expect(identityConfig.safeParse(identity).success).toBe(ok);
  });

  it('names each issuer once', () => {
    const one = { ...issuer, jwksFile: '/keys' };
    expect(accepts(one, one)).toBe(false);
  });
});

describe('a key file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anka-jwks-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const load = (content: string) => {
    const jwksFile = join(directory, 'jwks.json');
    writeFileSync(jwksFile, content);
    return () =>
      issuerKeys(
        {
          ...issuer,
          algorithms: ['ES256'],
          claims: { tenant: 'tenant', roles: 'roles', groups: 'groups', audience: 'aud', required: [] },
          platform: false,
          jwksFile,
        },
        new KeyOutage(createLogger('gateway', 'fatal'), new Registry()),
        new Outbound({}),
        new WatchedFiles(createLogger('gateway', 'fatal'), new Registry()),
      );
  };

  it.each([
    ['rubbish', /it is not JSON/],
    ['null', /no JWK Set/],
    ['{"keys":[1]}', /no JWK Set/],
    ['{}', /no JWK Set/],
    ['{"keys":[]}', /a JWK Set without keys/],
    ['{"keys":[{"kty":"EC","crv":"P-256","x":"","y":"","d":"AA"}]}', /only public keys/],
    ['{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}', /only public keys/],
  ])('with %s stops the start', (content, message) => expect(load(content)).toThrow(message));

  it('is read again for a key that was not in it', async () => {
    vi.useFakeTimers({ toFake: ['hrtime'] });
    const { publicJwk } = await makeIssuer(issuer.issuer);
    const holding = (kid: string): string => JSON.stringify({ keys: [{ ...publicJwk, kid }] });
    const find = load(holding('old'))();
    const look = async (kid: string) => find({ alg: 'ES256', kid }, { payload: '', signature: '' });
    await expect(look('old')).resolves.toMatchObject({ type: 'public' });
    await expect(look('next')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    load(holding('next'));
    await expect(look('next'), 'within a second of the last look').rejects.toThrow();
    vi.advanceTimersByTime(1_001);
    await expect(look('next')).resolves.toMatchObject({ type: 'public' });
    await expect(look('old')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    vi.useRealTimers();
  });
});
