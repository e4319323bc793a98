import { createPublicKey } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { platformTenantId } from '@ankasecure/contracts';
import { Clock, createLogger } from '@ankasecure/service-kit';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ExcludedSubjects } from '../identity/excluded-subjects.js';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import { UnderWay } from '../identity/under-way.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, seconds, type TokenMaker, tenantA, tenantB } from '../testing/token.js';
import { Authentication } from './authentication.js';
import type { IdentityConfig } from './identity.config.js';
import type { Issuer } from './issuer.js';
import { TokenVerifier } from './token-verifier.js';

const unsigned = (header: object, payload: object, signature = ''): string =>
  [...[header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')), signature].join('.');

const claims = (issuer: string) => ({
  iss: issuer,
  aud: audience,
  sub: 'alice',
  nbf: seconds(-1),
  exp: seconds(600),
  ...asTenant(tenantA, 'user'),
});

/** The longest life of a token in the rig, in seconds. */
const week = 7 * 86_400;

/** Headers that have no meaning here (RFC 7515 §4). Entra ID and AD FS send `x5t`. */
const withoutMeaning: Record<string, unknown> = {
  x5t: 'AAAA',
  'x5t#S256': 'AAAA',
  x5c: ['AAAA'],
  x5u: '%cert.pem',
  jku: '%jwks.json',
  jwk: { kty: 'oct', k: 'AAAA' },
  zip: 'DEF',
  cty: 'JWT',
};

/** A token that names the key which signed it. */
const signedByItsOwn = async (header: object, payload: JWTPayload): Promise<string> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', jwk, ...header }).sign(privateKey);
};

/** Tokens that are refused. */
const bad: Record<string, (rig: Rig) => Promise<string> | string> = {
  'is expired': ({ issuer }) => issuer.token({ exp: seconds(-10) }),
  'is not valid yet': ({ issuer }) => issuer.token({ nbf: seconds(60) }),
  'lives for more than a week': ({ issuer }) => issuer.token({ exp: seconds(week + 10) }),
  'has lived for more than a week': ({ issuer }) => issuer.token({ iat: seconds(-week), exp: seconds(10) }),
  'pretends to be issued shortly before its end': ({ issuer }) =>
    issuer.token({ iat: seconds(week), exp: seconds(week + 10) }),
  'has an iat that is no time': ({ issuer }) => issuer.token({ iat: 'today' }),
  'has no exp': ({ issuer }) => issuer.token({ exp: undefined }),
  'has an nbf that is no time': ({ issuer }) => issuer.token({ nbf: 'now' }),
  'has neither iat nor nbf': ({ issuer }) => issuer.token({ nbf: undefined }),
  'has no nbf, of an issuer that must send one': ({ otherIssuer }) =>
    otherIssuer.token({ nbf: undefined, iat: seconds() }),
  'has no sub': ({ issuer }) => issuer.token({ sub: undefined }),
  'has no iss': ({ issuer }) => issuer.token({ iss: undefined }),
  'has no aud': ({ issuer }) => issuer.token({ aud: undefined }),
  'is for another audience': ({ issuer }) => issuer.token({ aud: 'somebody-else' }),
  'is of an unknown issuer': async () => (await makeIssuer('https://unknown.test')).token(),
  'claims an issuer whose key did not sign it': ({ issuer, otherIssuer }) => issuer.token({ iss: otherIssuer.issuer }),
  'names a key of another issuer': ({ issuer, otherIssuer }) =>
    issuer.token({}, { kid: otherIssuer.publicJwk.kid ?? '' }),
  'names no known key': ({ issuer }) => issuer.token({}, { kid: '../../etc/passwd' }),
  'has no tenant': ({ issuer }) => issuer.token({ tenant: undefined }),
  'has a tenant that is no uuid': ({ issuer }) => issuer.token({ tenant: `${tenantA}\0` }),
  'has a list of tenants': ({ issuer }) => issuer.token({ tenant: [tenantA] }),
  'has roles that are an object': ({ issuer }) => issuer.token({ roles: { user: true } }),
  'has a sub with control characters': ({ issuer }) => issuer.token({ sub: 'alice\nroot' }),
  'brings its own key (jwk)': ({ issuer }) => signedByItsOwn({}, claims(issuer.issuer)),
  'brings its own key (jwk) under a known kid': ({ issuer }) =>
    signedByItsOwn({ kid: issuer.publicJwk.kid ?? '' }, claims(issuer.issuer)),
  'brings critical headers': ({ issuer }) => issuer.token({}, { crit: ['b64'], b64: true }),
  'is an id token by its typ': ({ issuer }) => issuer.token({}, { typ: 'logout+jwt' }),
  'has alg none': ({ issuer }) => unsigned({ alg: 'none' }, claims(issuer.issuer)),
  'has alg none and a kid': ({ issuer }) => unsigned({ alg: 'none', kid: issuer.publicJwk.kid }, claims(issuer.issuer)),
  'is an HMAC under the public key': async ({ issuer }) => {
    const spki = createPublicKey({ key: issuer.publicJwk, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const secret = Buffer.from(spki);
    return new SignJWT(claims(issuer.issuer))
      .setProtectedHeader({ alg: 'HS256', kid: issuer.publicJwk.kid ?? '' })
      .sign(secret);
  },
  'has an algorithm that is not on the list': async ({ issuer }) => {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT(claims(issuer.issuer))
      .setProtectedHeader({ alg: 'RS256', kid: issuer.publicJwk.kid ?? '' })
      .sign(privateKey);
  },
  'was changed after signing': async ({ issuer }) => {
    const [header, , signature] = (await issuer.token()).split('.');
    const payload = Buffer.from(
      JSON.stringify({ ...claims(issuer.issuer), ...asTenant(tenantB, 'tenant-admin') }),
    ).toString('base64url');
    return [header, payload, signature].join('.');
  },
  'has no signature': async ({ issuer }) => `${(await issuer.token()).split('.').slice(0, 2).join('.')}.`,
  'is signed by a stranger under a known kid': async ({ issuer }) => {
    const { privateKey } = await generateKeyPair('ES256');
    return new SignJWT(claims(issuer.issuer))
      .setProtectedHeader({ alg: 'ES256', kid: issuer.publicJwk.kid ?? '' })
      .sign(privateKey);
  },
  'speaks for the platform, of an issuer that may not': ({ otherIssuer }) =>
    otherIssuer.token(asTenant(platformTenantId, 'platform-admin')),
  'is rubbish': () => 'rubbish',
  'is four parts': () => 'a.b.c.d',
  'is JSON nested deep': () =>
    unsigned({ alg: 'ES256' }, JSON.parse('['.repeat(900) + ']'.repeat(900)) as object, 'AAAA'),
};

describe('authentication', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
  });
  afterAll(() => rig.stop());

  const read = (token: string | undefined, headers: Record<string, string> = {}, at = gateway) =>
    call(at, 'GET', '/api/v1/keys', { token, headers });

  it('admits a valid token as the tenant and subject that it names', async () => {
    const answer = await read(await rig.issuer.token({ sub: 'bob' }));
    expect(answer.status).toBe(200);
    expect(rig.standIns.heard.get('listKeys')?.at(-1)?.context).toMatchObject({ tenantId: tenantA, principal: 'bob' });
  });

  it.each(Object.entries(withoutMeaning))(
    'ignores the header %s, follows nothing, and admits the token',
    async (name, value) => {
      let asked = 0;
      const elsewhere = createServer((_, response) => void response.end(String(++asked)));
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      const { port } = elsewhere.address() as AddressInfo;
      const told = typeof value === 'string' ? value.replace('%', `http://127.0.0.1:${port}/`) : value;
      expect((await read(await rig.issuer.token({}, { [name]: told }))).status).toBe(200);
      elsewhere.close();
      expect(asked).toBe(0);
    },
  );

  it('admits a token of each configured issuer', async () => {
    expect((await read(await rig.otherIssuer.token())).status).toBe(200);
  });

  it.each(Object.entries(bad))('refuses a token that %s, like every other', async (_, make) => {
    const reference = await read(undefined);
    const answer = await read(await make(rig));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="ankasecure", error="invalid_token"');
    expect({ ...answer.problem, correlationId: '' }).toEqual({ ...reference.problem, correlationId: '' });
    expect(answer.problem.code).toBe('authentication-required');
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'Bearer \tx'])(
    'refuses the header %j',
    async (authorization) => {
      expect((await read(undefined, { authorization })).status).toBe(401);
    },
  );

  it.each(['bearer ', 'BEARER ', 'Bearer   '])('takes a token after %j', async (before) => {
    const authorization = `${before}${await rig.issuer.token()}`;
    expect((await read(undefined, { authorization })).status).toBe(200);
  });

  it('asks for a token, and says that a token is not valid only to a caller who sent one', async () => {
    const challenge = async (headers: Record<string, string>) =>
      (await read(undefined, headers)).headers.get('www-authenticate');
    expect(await challenge({})).toBe('Bearer realm="ankasecure"');
    expect(await challenge({ authorization: 'Basic YTpi' })).toBe('Bearer realm="ankasecure"');
    expect(await challenge({ authorization: 'bearer x' })).toBe('Bearer realm="ankasecure", error="invalid_token"');
  });

  it('takes the tenant from the token, and never from a header', async () => {
    const headers = { 'x-tenant': tenantB, 'x-tenant-id': tenantB, 'x-ankasecure-tenant': tenantB, tenant: tenantB };
    expect((await read(await rig.issuer.token(), headers)).status).toBe(200);
    expect(rig.standIns.heard.get('listKeys')?.at(-1)?.context.tenantId).toBe(tenantA);
  });

  it('remembers a token until it expires and no longer', async () => {
    const token = await rig.issuer.token({ exp: seconds(2) });
    expect((await read(token)).status).toBe(200);
    expect((await read(token)).status).toBe(200);
    await expect.poll(async () => (await read(token)).status, { interval: 500 }).toBe(401);
  });

  it('knows only tenants that the policy service knows', async () => {
    const answer = await read(await rig.issuer.token({ tenant: '01939f2e-0000-7000-8000-000000000000' }));
    expect([answer.status, answer.problem.code]).toEqual([403, 'tenant-unknown']);
  });

  describe('with keys by URL', () => {
    let server: Server;
    let remote: TokenMaker;
    let mode: 'good' | 'down' | 'rubbish' = 'good';
    let url: string;
    beforeAll(async () => {
      remote = await makeIssuer('https://remote.test');
      server = createServer((_, response) => {
        if (mode === 'down') return void response.writeHead(500).end();
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(mode === 'good' ? JSON.stringify({ keys: [remote.publicJwk] }) : 'rubbish');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    });
    afterAll(() => server.close());

    const withRemote = (tenants?: string[], platform = false) =>
      rig.gateway({
        identity: {
          issuers: [
            {
              issuer: remote.issuer,
              audience,
              jwksUrl: url,
              algorithms: ['ES256'],
              claims: { tenant: 'tenant', roles: 'roles', groups: 'groups', audience: 'aud', required: [] },
              ...(tenants && { tenants }),
              platform,
            },
          ],
          repairers: [],
          tenantIssuers: { allowedNetworks: [] },
          clockToleranceSeconds: 2,
          maxTokenLifeSeconds: 86_400,
          tokenCacheSeconds: 300,
        },
      });

    it('fetches them', async () => {
      mode = 'good';
      expect((await read(await remote.token(), {}, await withRemote())).status).toBe(200);
    });

    it.each(['down', 'rubbish'] as const)(
      'answers 503, not 401, while they are %s, and admits the token afterwards',
      async (state) => {
        mode = state;
        const one = await withRemote();
        const token = await remote.token();
        const answer = await read(token, {}, one);
        expect([answer.status, answer.problem.code, answer.headers.get('retry-after')]).toEqual([
          503,
          'service-unavailable',
          '10',
        ]);
        mode = 'good';
        await expect.poll(async () => (await read(token, {}, one)).status, { interval: 250 }).toBe(200);
      },
    );

    it('binds an issuer to its tenants when they are configured', async () => {
      mode = 'good';
      const one = await withRemote([tenantB]);
      expect((await read(await remote.token(), {}, one)).status).toBe(401);
      expect((await read(await remote.token({ tenant: tenantB }), {}, one)).status).toBe(200);
    });

    it.each([
      [undefined, false, 401],
      [undefined, true, 200],
      [[tenantB], false, 401],
      [[tenantB], true, 200],
    ])('with tenants %j, platform %s: answer a platform administrator with %i', async (tenants, platform, status) => {
      mode = 'good';
      const one = await withRemote(tenants, platform);
      const token = await remote.token(asTenant(platformTenantId, 'platform-admin'));
      expect((await call(one, 'GET', '/api/v1/tenants', { token })).status).toBe(status);
    });
  });
});

describe('a principal whose token expires while work runs for them', () => {
  afterEach(() => void vi.useRealTimers());

  it('is admitted no more, and delays a change only if it excludes them', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const maker = await makeIssuer('https://looked-up.test');
    let epoch = 1;
    let isOut = false;
    const issuer: Issuer = {
      issuer: maker.issuer,
      audience,
      audienceClaim: 'aud',
      algorithms: ['ES256'],
      keys: createLocalJWKSet({ keys: [maker.publicJwk] }),
      required: [],
      read: () => {
        if (isOut) throw new Error('shut out');
        const principal = { tenantId: tenantA, subject: 'alice', issuer: maker.issuer, roles: [], groups: [] };
        return { principal, epoch };
      },
    };
    const underWay = new UnderWay();
    const epochs = {
      isCurrent: (read: number) => read === epoch,
      during: <Value>(...work: [number, () => Promise<number | undefined>, () => Promise<Value>]) =>
        underWay.during(...work),
    };
    const config = {
      repairers: [],
      clockToleranceSeconds: 0,
      maxTokenLifeSeconds: 3600,
      tokenCacheSeconds: 300,
    } as unknown as IdentityConfig;
    const excluded = {
      admit: async () => ({ epoch, at: 0 }),
      stands: (_: string, admission: { epoch: number }) => epochs.isCurrent(admission.epoch),
    } as unknown as ExcludedSubjects;
    const verifier = new TokenVerifier(
      { sources: [{ find: () => issuer }] },
      config,
      new Clock({ maximumSkewMs: 2000 }),
    );
    const log = createLogger('gateway', 'silent');
    const authentication = new Authentication(verifier, excluded, config, epochs as unknown as IdentityEpoch, log);
    const authorization = `Bearer ${await maker.token({ exp: seconds(2) })}`;
    const principal = await authentication.authenticate(authorization, new Socket(), 'request');
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    const work = principal.during?.(() => gate);

    vi.setSystemTime(Date.now() + 60_000);
    epoch = 2;
    await expect(principal.confirm?.()).rejects.toMatchObject({ code: 'authentication-required' });
    await underWay.review(epoch);
    expect(underWay.oldest(epoch)).toBe(2);
    await expect(principal.confirm?.()).rejects.toMatchObject({ code: 'authentication-required' });

    [epoch, isOut] = [3, true];
    await underWay.review(epoch);
    expect(underWay.oldest(epoch)).toBe(2);
    letGo();
    await work;
    expect(underWay.oldest(epoch)).toBe(3);
  });
});
