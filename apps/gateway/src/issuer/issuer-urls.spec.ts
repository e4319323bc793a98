import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityConfig } from '../auth/identity.config.js';
import { Outbound } from '../outbound/outbound.js';
import { type NameServer, startNameServer } from '../testing/name-server.js';
import type { IssuerSettings } from './issuer-rules.js';
import { IssuerUrls } from './issuer-urls.js';
import { GuardedFetch } from './key-source/guarded-fetch.js';

const internal = /internal/;
const noName = /no resolver gives the name/;

describe('the URL of an issuer’s keys', () => {
  let names: NameServer;
  beforeAll(async () => {
    names = await startNameServer((name) => {
      if (name.startsWith('slow')) return 'silence';
      return name.startsWith('keycloak') ? '10.1.2.3' : 'none';
    });
  });
  afterAll(() => names.stop());

  const urlsWithin = (...allowedNetworks: string[]): IssuerUrls => {
    const config = { tenantIssuers: { allowedNetworks } } as unknown as IdentityConfig;
    const outbound = new Outbound({ dnsServers: [names.address] });
    return new IssuerUrls(new GuardedFetch(config, outbound), outbound);
  };
  const faultOf = async (settings: Partial<IssuerSettings>, urls = urlsWithin()) =>
    (await urls.faultOf({ issuer: 'https://idp.example', ...settings } as IssuerSettings, 'a tenant'))?.detail;

  it.each([
    ['https://10.0.0.1/jwks', internal],
    ['https://[fd00::1]/jwks', internal],
    ['https://0x7f.1/jwks', internal],
    ['https://localhost/jwks', internal],
    ['http://127.0.0.1:8080/jwks', internal],
    ['https://keys.localhost/jwks', internal],
    ['https://keycloak/jwks', internal],
    ['https://nowhere/jwks', noName],
    ['https://keys.invalid/jwks', /no name in invalid or onion/],
    ['https://abcdef.onion/jwks', /no name in invalid or onion/],
    ['https://a..test/jwks', /1 to 63 between two dots/],
    [`https://${'a'.repeat(64)}.test/jwks`, /1 to 63 between two dots/],
    [`https://${'a.'.repeat(126)}test/jwks`, /at most 253 characters/],
    ['https://idp.example:0/jwks', /a port other than 0/],
    ['https://me:secret@idp.example/jwks', /no user and no password/],
    ['https://idp.example/jwks#keys', /no fragment/],
  ])('cannot be %s', async (url, detail) => {
    expect(await faultOf({ jwksUrl: url })).toMatch(detail);
    expect(await faultOf({ jwksUrl: url })).toMatch(/^jwksUrl: /);
    expect(await faultOf({ issuer: url })).toMatch(/^issuer: /);
    // Nothing is fetched from the name of an issuer whose keys are given.
    expect(await faultOf({ issuer: url, keys: [] })).toBeUndefined();
  });

  it('has no query if the keys are discovered', async () => {
    expect(await faultOf({ issuer: 'https://idp.example/?realm=a' })).toMatch(/no query/);
    expect(await faultOf({ jwksUrl: 'https://idp.example/?realm=a' })).toBeUndefined();
  });

  it.each([
    'https://idp.example/jwks',
    'https://idp.example:8443/jwks',
    'https://198.41.0.4/jwks',
    'https://[2001:500:2f::f]/',
  ])('can be %s, whether or not it can be fetched now', async (jwksUrl) =>
    expect(await faultOf({ jwksUrl })).toBeUndefined(),
  );

  it('can have a name that no resolver gives or denies now', async () =>
    expect(await faultOf({ jwksUrl: 'https://slow/jwks' })).toBeUndefined());

  it('can be internal where the configuration allows it', async () => {
    const local = urlsWithin('127.0.0.0/8', '10.0.0.0/8');
    for (const jwksUrl of ['http://localhost:8080/jwks', 'http://127.0.0.1:8080/jwks', 'https://keycloak/jwks'])
      expect(await faultOf({ jwksUrl }, local)).toBeUndefined();
    expect(await faultOf({ jwksUrl: 'https://192.168.0.1/jwks' }, local)).toMatch(internal);
  });
});
