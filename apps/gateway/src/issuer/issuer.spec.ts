import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DryRun, platformTenantId } from '@ankasecure/contracts';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { call } from '../testing/call.js';
import { type Gateway, ownIssuer, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, seconds, tenantA, tenantB } from '../testing/token.js';
import type { TenantIssuer } from './issuer.contract.js';

/** A real OpenID provider on loopback, whose keys can be rolled over under its feet. */
interface RealProvider {
  readonly issuer: string;
  /** A new signing key; the one before is gone. */
  rollOver(): Promise<void>;
  /** An access token of its client credentials grant, with claims of our choosing. */
  token(claims: object): Promise<string>;
  stop(): Promise<void>;
}

const startProvider = async (): Promise<RealProvider> => {
  let handle: ReturnType<Provider['callback']> | undefined;
  let extra: Record<string, unknown> = {};
  let rolled = 0;
  const server: Server = createServer((request, response) => void handle?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { client_id: 'batch', client_secret: 'of the test only' };
  const rollOver = async (): Promise<void> => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const key: JWK = { ...(await exportJWK(privateKey)), kid: `key-${++rolled}`, alg: 'ES256', use: 'sig' };
    const provider = new Provider(issuer, {
      clients: [
        {
          ...{ ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
          id_token_signed_response_alg: 'ES256',
        },
      ],
      jwks: { keys: [key] },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => 'https://api.test',
          getResourceServerInfo: () => ({
            ...{ scope: '', audience, accessTokenFormat: 'jwt', accessTokenTTL: 300 },
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
      extraTokenClaims: () => extra,
      formats: {
        customizers: { jwt: (_, __, { payload }) => void Object.assign(payload, { nbf: seconds(-1) }) },
      },
    });
    handle = provider.callback();
  };
  await rollOver();
  return {
    issuer,
    rollOver,
    token: async (claims) => {
      extra = { ...claims };
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...client });
      const answer = await fetch(`${issuer}/token`, { method: 'POST', body });
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

let rig: Rig;
let gateway: Gateway;
let admin: string;
let provider: RealProvider;
const asUser = asTenant(tenantA, 'user');

const send = (method: string, path: string, body?: object, headers: Record<string, string> = {}, token = admin) =>
  call(gateway, method, `/api/v1/issuers${path}`, { token, headers, ...(body && { body: JSON.stringify(body) }) });
const about = (more: object = {}) => ({ issuer: provider.issuer, audience, algorithms: ['ES256'], ...more });
const create = async (body: object): Promise<TenantIssuer> => {
  const answer = await send('POST', '', body);
  expect(answer.status, answer.text).toBe(201);
  return JSON.parse(answer.text) as TenantIssuer;
};
const read = (token: string, at = gateway) => call(at, 'GET', '/api/v1/keys', { token });

beforeAll(async () => {
  rig = await startRig();
  gateway = await rig.gateway();
  admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
  provider = await startProvider();
});
afterAll(async () => {
  await provider.stop();
  await rig.stop();
});
afterEach(async () => {
  vi.useRealTimers();
  const { items } = JSON.parse((await send('GET', '')).text) as { items: TenantIssuer[] };
  for (const { id } of items) expect((await send('DELETE', `/${id}`)).status).toBe(200);
});

describe('a tenant’s own OpenID provider', () => {
  it('is believed once the tenant has named it, by discovery, and no longer than that', async () => {
    const token = await provider.token({ ...asUser, groups: ['signers'] });
    expect((await read(token)).status).toBe(401);
    const { id } = await create(about());
    expect((await read(token)).status).toBe(200);
    expect(rig.standIns.heard.get('listKeys')?.at(-1)?.context).toMatchObject({
      ...{ tenantId: tenantA, principal: 'batch', roles: ['user'], groups: ['signers'] },
    });
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    expect((await read(token)).status).toBe(401);
  });

  it('rolls its key over without a restart', async () => {
    await create(about());
    expect((await read(await provider.token(asUser))).status).toBe(200);
    await provider.rollOver();
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 60_000);
    expect((await read(await provider.token(asUser))).status).toBe(200);
  });

  it('speaks for the tenant that named it alone, and makes no platform administrators', async () => {
    await create(about());
    expect((await read(await provider.token(asTenant(tenantB, 'user')))).status).toBe(401);
    expect((await read(await provider.token(asTenant(platformTenantId, 'platform-admin')))).status).toBe(401);
    const token = await provider.token(asTenant(tenantA, 'platform-admin'));
    expect((await call(gateway, 'GET', '/api/v1/tenants', { token })).status).toBe(403);
  });

  it('may be another’s as well, and is then two issuers', async () => {
    const theirs = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantB, 'tenant-admin') });
    const answer = await send('POST', '', about({ audience: 'another' }), {}, theirs);
    expect(answer.status).toBe(201);
    expect((await read(await provider.token(asUser))).status).toBe(401);
    await create(about());
    expect((await read(await provider.token(asUser))).status).toBe(200);
    expect((await read(await provider.token(asTenant(tenantB, 'user')))).status).toBe(401);
    const { id } = JSON.parse(answer.text) as TenantIssuer;
    expect((await send('DELETE', `/${id}`, undefined, {}, theirs)).status).toBe(200);
  });

  it('that is away is a failure of ours, not of the token', async () => {
    const gone = await startProvider();
    const token = await gone.token(asUser);
    await create(about({ issuer: gone.issuer }));
    await gone.stop();
    expect((await read(token)).problem.code).toBe('service-unavailable');
  });
});

describe('what is believed of an issuer', () => {
  it('is changed on every gateway when the answer is there', async () => {
    const gateways = [gateway, await rig.gateway()];
    const { id } = await create(about());
    const token = await provider.token(asUser);
    for (const at of gateways) expect((await read(token, at)).status).toBe(200);
    const put = await send('PUT', `/${id}`, about({ algorithms: ['EdDSA'] }), { 'if-match': '"1"' });
    expect([put.status, put.headers.get('etag')]).toEqual([200, '"2"']);
    for (const at of gateways) expect((await read(token, at)).status).toBe(401);
    expect((await send('PUT', `/${id}`, about(), { 'if-match': '"1"' })).problem.code).toBe('precondition-failed');
    expect((await send('PUT', `/${id}`, about(), { 'if-match': '"2"' })).status).toBe(200);
    for (const at of gateways) expect((await read(token, at)).status).toBe(200);
    await gateways[1]?.stop();
  });

  it('may be keys that are given, several side by side, and claims of other names', async () => {
    const [one, two] = [await makeIssuer('https://one.test'), await makeIssuer('https://two.test')];
    for (const maker of [one, two])
      await create(
        about({ issuer: maker.issuer, keys: [maker.publicJwk], claims: { roles: 'https://one.test/roles' } }),
      );
    for (const maker of [one, two]) {
      const claims = { roles: undefined, 'https://one.test/roles': ['auditor'] };
      expect((await read(await maker.token(claims))).status).toBe(200);
      expect((await read(await maker.token())).status).toBe(401);
    }
    expect((await read(await one.token({ iss: two.issuer }))).status).toBe(401);
  });

  it('is never what the platform knows by itself', async () => {
    const stranger = await makeIssuer(rig.issuer.issuer);
    for (const issuer of [rig.issuer.issuer, ownIssuer])
      expect((await send('POST', '', about({ issuer, keys: [stranger.publicJwk] }))).problem.code).toBe(
        'issuer-exists',
      );
    expect((await read(await stranger.token())).status).toBe(401);
  });

  it('goes by its algorithms, and never by a shared secret', async () => {
    const maker = await makeIssuer('https://one.test');
    const secret = Buffer.alloc(32, 1);
    expect((await send('POST', '', about({ algorithms: ['HS256'] }))).status).toBe(400);
    const keys = [{ kty: 'oct', k: secret.toString('base64url'), kid: 'x', alg: 'HS256' }];
    expect((await send('POST', '', about({ keys }))).status).toBe(400);
    await create(about({ issuer: maker.issuer, keys: [maker.publicJwk] }));
    const forged = new SignJWT({
      iss: maker.issuer,
      aud: audience,
      sub: 'x',
      nbf: seconds(-1),
      exp: seconds(60),
      ...asUser,
    });
    expect((await read(await forged.setProtectedHeader({ alg: 'HS256' }).sign(secret))).status).toBe(401);
  });

  it.each([
    ['both keys and a URL', { keys: [], jwksUrl: 'https://a.test' }],
    ['http', { issuer: 'http://login.acme.example' }],
    ['a file', { jwksUrl: 'file:///etc/passwd' }],
    ['no algorithm', { algorithms: [] }],
  ])('is not to be %s', async (_, more) => {
    expect((await send('POST', '', about(more))).problem.code).toBe('request-invalid');
  });

  it('may be tried: all is checked, and nothing changes', async () => {
    const { id, ...held } = await create(about());
    const rehearse = async (method: string, path: string, body?: object, headers = {}): Promise<DryRun> =>
      JSON.parse((await send(method, `${path}?dryRun=true`, body, headers)).text) as DryRun;
    const other = about({ issuer: 'https://two.test' });
    expect(await rehearse('POST', '', other)).toEqual({ dryRun: true, operation: 'issuer.create', succeeds: true });
    for (const issuer of [provider.issuer, ownIssuer])
      expect((await rehearse('POST', '', about({ issuer }))).error?.code).toBe('issuer-exists');
    expect(await rehearse('PUT', `/${id}`, other, { 'if-match': '"1"' })).toMatchObject({ succeeds: true });
    expect((await rehearse('PUT', `/${id}`, other, { 'if-match': '"2"' })).error?.code).toBe('precondition-failed');
    expect(await rehearse('DELETE', `/${id}`)).toMatchObject({ operation: 'issuer.delete', succeeds: true });
    expect((await rehearse('DELETE', `/${crypto.randomUUID()}`)).error?.code).toBe('issuer-not-found');
    expect(JSON.parse((await send('GET', '')).text)).toEqual({ items: [{ id, ...held }] });
    await expect
      .poll(() => rig.standIns.sealed.filter(({ operation }) => operation.startsWith('dry-run.issuer.')))
      .toHaveLength(7);
  });

  it('stands in the trail', async () => {
    const { id } = await create(about());
    await expect
      .poll(() =>
        rig.standIns.sealed.find(
          ({ operation, details }) => operation === 'issuer.create' && details?.['issuerId'] === id,
        ),
      )
      .toMatchObject({ tenantId: tenantA, userId: 'admin', details: { issuer: provider.issuer } });
  });
});
