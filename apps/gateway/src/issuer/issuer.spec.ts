import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DryRun, platformTenantId } from '@ankasecure/contracts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { policy } from '../policy/policy.example.js';
import { call } from '../testing/call.js';
import { type Gateway, ownIssuer, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, seconds, type TokenMaker, tenantA, tenantB } from '../testing/token.js';
import type { TenantIssuer } from './issuer.contract.js';

/** A real OpenID provider on loopback, whose keys can be replaced while it runs. */
interface RealProvider {
  readonly issuer: string;
  /** Creates a new signing key and deletes the previous one. */
  rollOver(): Promise<void>;
  /** Issues an access token of its client credentials grant, with the given claims. */
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
          ...client,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
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
            scope: '',
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: 300,
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
      extraTokenClaims: () => extra,
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
const about = (more: object = {}) => ({
  issuer: provider.issuer,
  audience,
  algorithms: ['ES256'],
  subjectPrefix: 'own:',
  ...more,
});
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
  it('is trusted by discovery once the tenant names it, until the tenant removes it', async () => {
    const token = await provider.token({ ...asUser, groups: ['signers'] });
    const other = await rig.gateway();
    for (const at of [gateway, other]) expect((await read(token, at)).status).toBe(401);
    const { id } = await create(about());
    for (const at of [other, gateway]) expect((await read(token, at)).status).toBe(200);
    await other.stop();
    expect(rig.standIns.heard.get('listKeys')?.at(-1)?.context).toMatchObject({
      tenantId: tenantA,
      principal: 'own:batch',
      issuer: provider.issuer,
      roles: ['user'],
      groups: ['own:signers'],
    });
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    expect((await read(token)).status).toBe(401);
  });

  it('replaces its key, and the next token is accepted at once', async () => {
    await create(about());
    expect((await read(await provider.token(asUser))).status).toBe(200);
    await provider.rollOver();
    expect((await read(await provider.token(asUser))).status).toBe(200);
  });

  it('is trusted only for the tenant that named it, and makes no platform administrators', async () => {
    await create(about());
    expect((await read(await provider.token(asTenant(tenantB, 'user')))).status).toBe(401);
    expect((await read(await provider.token(asTenant(platformTenantId, 'platform-admin')))).status).toBe(401);
    const token = await provider.token(asTenant(tenantA, 'platform-admin'));
    expect((await call(gateway, 'GET', '/api/v1/tenants', { token })).status).toBe(403);
  });

  it('can serve two tenants, and then counts as two issuers', async () => {
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

  it('that is unavailable is reported as a failure of the platform, not of the token', async () => {
    const gone = await startProvider();
    const token = await gone.token(asUser);
    await create(about({ issuer: gone.issuer }));
    await gone.stop();
    expect((await read(token)).problem.code).toBe('service-unavailable');
  });
});

describe('the settings of an issuer', () => {
  it('change on every gateway before the answer', async () => {
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

  it('can contain several keys and other names of claims', async () => {
    const [one, two] = [await makeIssuer('https://one.test'), await makeIssuer('https://two.test')];
    for (const maker of [one, two])
      await create(
        about({
          issuer: maker.issuer,
          keys: [maker.publicJwk],
          claims: { roles: 'https://one.test/roles' },
          subjectPrefix: maker === one ? 'one:' : 'two:',
        }),
      );
    for (const maker of [one, two]) {
      const claims = { roles: undefined, 'https://one.test/roles': ['auditor'] };
      expect((await read(await maker.token(claims))).status).toBe(200);
      expect((await read(await maker.token())).status, 'without a role').toBe(403);
    }
    expect((await read(await one.token({ iss: two.issuer }))).status).toBe(401);
  });

  it.each(['a..b', '.a', 'a.', '.', 'a...b', ''])('cannot name a claim by the path %j', async (path) => {
    const maker = await makeIssuer('https://one.test');
    for (const claim of ['tenant', 'roles', 'groups']) {
      const body = about({ issuer: maker.issuer, keys: [maker.publicJwk], claims: { [claim]: path } });
      const answer = await send('POST', '', body);
      expect([answer.status, answer.problem.code]).toEqual([400, 'request-invalid']);
      expect(answer.problem.detail).toContain(`claims.${claim}`);
    }
  });

  it('can name the tenant in another claim, and then in no other', async () => {
    const maker = await makeIssuer('https://one.test');
    const claim = 'ext.anka.tenant';
    const { id } = await create(
      about({ issuer: maker.issuer, keys: [maker.publicJwk], claims: { tenant: claim, roles: 'realm_access.roles' } }),
    );
    const named = { tenant: undefined, ext: { anka: { tenant: tenantA } }, realm_access: { roles: ['auditor'] } };
    const other = await rig.gateway();
    for (const at of [gateway, other]) expect((await read(await maker.token(named), at)).status).toBe(200);
    await other.stop();
    const wrong = [
      { ...named, ext: undefined, tenant: tenantA },
      { ...named, ext: { anka: { tenant: tenantB } } },
      { ...named, ext: { anka: { tenant: platformTenantId } } },
      { ...named, ext: { anka: { tenant: [tenantA] } } },
    ];
    for (const claims of wrong)
      expect((await read(await maker.token(claims))).status, JSON.stringify(claims)).toBe(401);
    const stranger = await makeIssuer(maker.issuer);
    expect((await read(await stranger.token(named))).status).toBe(401);
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    expect((await read(await maker.token(named))).status).toBe(401);
  });

  it('are trusted by their own tenant’s settings, whatever another tenant’s say of the same issuer', async () => {
    const maker = await makeIssuer('https://both.test');
    const theirs = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantB, 'tenant-admin') });
    const settings = { issuer: maker.issuer, keys: [maker.publicJwk] };
    const answer = await send('POST', '', about({ ...settings, claims: { tenant: 'theirs' } }), {}, theirs);
    expect(answer.status, answer.text).toBe(201);
    const token = (claims: object) => maker.token({ tenant: undefined, ...claims });
    expect((await read(await token({ theirs: tenantB }))).status).toBe(200);
    expect((await read(await token({ theirs: tenantA }))).status).toBe(401);
    await create(about({ ...settings, claims: { tenant: 'ours' } }));
    expect((await read(await token({ ours: tenantA }))).status).toBe(200);
    expect((await read(await token({ theirs: tenantA }))).status).toBe(401);
    expect((await read(await token({ ours: tenantB }))).status).toBe(401);
    const { id } = JSON.parse(answer.text) as TenantIssuer;
    expect((await send('DELETE', `/${id}`, undefined, {}, theirs)).status).toBe(200);
  });

  it('must have the claims that the issuer’s settings require', async () => {
    const maker = await makeIssuer('https://strict.test');
    await create(about({ issuer: maker.issuer, keys: [maker.publicJwk], claims: { required: ['nbf', 'jti'] } }));
    expect((await read(await maker.token({ jti: 'one' }))).status).toBe(200);
    expect((await read(await maker.token())).status).toBe(401);
    expect((await read(await maker.token({ jti: 'one', nbf: undefined, iat: seconds() }))).status).toBe(401);
  });

  it('can have the audience in a claim of the application, and then the claim aud says nothing', async () => {
    const maker = await makeIssuer('https://cognito.test');
    const settings = { issuer: maker.issuer, keys: [maker.publicJwk], audience: 'the-app' };
    const { id } = await create(about({ ...settings, claims: { audience: 'client_id' } }));
    const token = (claims: object) => maker.token({ aud: undefined, client_id: 'the-app', ...claims });
    expect((await read(await token({}))).status).toBe(200);
    for (const claims of [
      { client_id: 'another' },
      { client_id: undefined, aud: 'the-app' },
      { client_id: ['the-app'] },
    ])
      expect((await read(await token(claims))).status, JSON.stringify(claims)).toBe(401);
    const events = () => rig.standIns.sealed.filter(({ details }) => details?.['issuerId'] === id);
    await expect.poll(() => events().some(({ details }) => details?.['audienceClaim'] === 'client_id')).toBe(true);
    const refused = await send('POST', '', about({ ...settings, claims: { audience: 'sub' } }));
    expect(refused.problem.code).toBe('request-invalid');
  });

  it('cannot name an issuer that the platform already knows', async () => {
    const stranger = await makeIssuer(rig.issuer.issuer);
    for (const issuer of [rig.issuer.issuer, ownIssuer])
      expect((await send('POST', '', about({ issuer, keys: [stranger.publicJwk] }))).problem.code).toBe(
        'issuer-exists',
      );
    expect((await read(await stranger.token())).status).toBe(401);
  });

  it('accept only the issuer’s algorithms, and never a shared secret', async () => {
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
  ])('cannot be %s', async (_, more) => {
    expect((await send('POST', '', about(more))).problem.code).toBe('request-invalid');
  });

  it('can be checked in a dry run, which changes nothing', async () => {
    const { id, ...held } = await create(about());
    const dryRunOf = async (method: string, path: string, body?: object, headers = {}): Promise<DryRun> =>
      JSON.parse((await send(method, `${path}?dryRun=true`, body, headers)).text) as DryRun;
    const other = about({ issuer: 'https://two.test', subjectPrefix: 'two:' });
    expect((await dryRunOf('POST', '', { ...other, subjectPrefix: '' })).error?.code).toBe('subject-prefix-taken');
    expect(await dryRunOf('POST', '', other)).toEqual({ dryRun: true, operation: 'issuer.create', succeeds: true });
    for (const issuer of [provider.issuer, ownIssuer])
      expect((await dryRunOf('POST', '', about({ issuer }))).error?.code).toBe('issuer-exists');
    expect(await dryRunOf('PUT', `/${id}`, other, { 'if-match': '"1"' })).toMatchObject({ succeeds: true });
    expect((await dryRunOf('PUT', `/${id}`, other, { 'if-match': '"2"' })).error?.code).toBe('precondition-failed');
    expect(await dryRunOf('DELETE', `/${id}`)).toMatchObject({ operation: 'issuer.delete', succeeds: true });
    expect((await dryRunOf('DELETE', `/${crypto.randomUUID()}`)).error?.code).toBe('issuer-not-found');
    expect(JSON.parse((await send('GET', '')).text)).toEqual({ items: [{ id, ...held }], next: null });
    await expect
      .poll(() => rig.standIns.sealed.filter(({ operation }) => operation.startsWith('dry-run.issuer.')))
      .toHaveLength(8);
  });
});

describe('the trail of an issuer', () => {
  const details = async (operation: string, id: string): Promise<Record<string, string>> => {
    const sealed = () =>
      rig.standIns.sealed.find((row) => row.operation === operation && row.details?.['issuerId'] === id);
    await expect.poll(sealed).toMatchObject({ tenantId: tenantA, userId: 'admin' });
    const { clientAddress: _, 'record.1': change, ...facts } = sealed()?.details ?? {};
    expect(change).toContain(`${id}`);
    return facts;
  };
  const thumbprint = ({ publicJwk }: TokenMaker): Promise<string> => calculateJwkThumbprint(publicJwk);
  let one: TokenMaker;
  let two: TokenMaker;
  let prints: string[];
  beforeAll(async () => {
    [one, two] = [await makeIssuer('https://one.test'), await makeIssuer('https://two.test')];
    prints = [await thumbprint(one), await thumbprint(two)];
  });

  it('names the settings and their author', async () => {
    const { id } = await create(about({ issuer: one.issuer, keys: [one.publicJwk], subjectPrefix: 'one:' }));
    const facts = {
      issuerId: id,
      issuer: one.issuer,
      audience,
      algorithms: 'ES256',
      rolesClaim: 'roles',
      groupsClaim: 'groups',
      roles: 'tenant-admin,application-admin,user,auditor',
      subjectPrefix: 'one:',
      sharesSubjects: 'false',
      userIssuer: rig.issuer.issuer,
    };
    expect(await details('issuer.create', id)).toEqual({ ...facts, addedKeys: prints[0] });
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    expect(await details('issuer.delete', id)).toEqual({ ...facts, removedKeys: prints[0] });
  });

  it('names each changed setting with its old value', async () => {
    const { id } = await create(about({ issuer: one.issuer, keys: [one.publicJwk] }));
    const renamed = { ...two.publicJwk, kid: one.publicJwk.kid };
    const body = about({
      issuer: one.issuer,
      keys: [renamed],
      audience: 'another',
      algorithms: ['ES256', 'EdDSA'],
      claims: { roles: 'r' },
      roles: ['user'],
      subjectPrefix: 'one:',
    });
    expect((await send('PUT', `/${id}`, body, { 'if-match': '"1"' })).status).toBe(200);
    expect(await details('issuer.put', id)).toEqual({
      issuerId: id,
      issuer: one.issuer,
      userIssuer: rig.issuer.issuer,
      audience: 'another',
      audienceWas: audience,
      algorithms: 'ES256,EdDSA',
      algorithmsWas: 'ES256',
      rolesClaim: 'r',
      rolesClaimWas: 'roles',
      subjectPrefix: 'one:',
      subjectPrefixWas: 'own:',
      roles: 'user',
      rolesWas: 'tenant-admin,application-admin,user,auditor',
      addedKeys: prints[1],
      removedKeys: prints[0],
    });
  });

  it('names every key and URL, even if there are many or they are long', async () => {
    const makers = await Promise.all(Array.from({ length: 20 }, (_, index) => makeIssuer(`https://${index}.test`)));
    const long = (name: string): string => `https://${name}.test/`.padEnd(512, 'x');
    const { id } = await create(about({ issuer: long('one'), jwksUrl: long('jwks') }));
    const body = about({ issuer: long('two'), keys: makers.map(({ publicJwk }) => publicJwk) });
    expect((await send('PUT', `/${id}`, body, { 'if-match': '"1"' })).status).toBe(200);
    const { addedKeys = '', addedKeys2 = '', ...rest } = await details('issuer.put', id);
    const all = await Promise.all(makers.map(thumbprint));
    expect(`${addedKeys} ${addedKeys2}`.split(' ').toSorted()).toEqual(all.toSorted());
    expect(rest).toMatchObject({ issuer: long('two'), issuerWas: long('one'), jwksUrlWas: long('jwks') });
  });
});

describe('threat: weak issuer. Two issuers of one tenant', () => {
  const heard = () => rig.standIns.heard.get('listKeys')?.at(-1)?.context;
  const made = async (url: string, more: object): Promise<TokenMaker> => {
    const maker = await makeIssuer(url);
    await create(about({ issuer: url, keys: [maker.publicJwk], ...more }));
    return maker;
  };

  it('name different people: each issuer’s names have its own prefix', async () => {
    await made('https://strong.test', {});
    const weak = await made('https://weak.test', { subjectPrefix: 'weak:', roles: ['user'] });
    const groups = ['signers', 'x'.repeat(124), 7];
    expect(
      (await read(await weak.token({ sub: 'alice', ...asTenant(tenantA, 'tenant-admin', 'user'), groups }))).status,
    ).toBe(200);
    expect(heard()).toMatchObject({
      principal: 'weak:alice',
      issuer: weak.issuer,
      roles: ['user'],
      groups: ['weak:signers'],
    });
    for (const sub of [undefined, '', 7, 'x'.repeat(252), ' alice'])
      expect((await read(await weak.token({ sub }))).status).toBe(401);
  });

  it.each(['a:', 'acme:'])(
    'share the prefix %j only if one of them allows it, in either order',
    async (subjectPrefix) => {
      await made('https://one.test', { subjectPrefix });
      const another = about({ issuer: 'https://two.test', subjectPrefix });
      expect((await send('POST', '', another)).problem.code).toBe('subject-prefix-taken');
      const { id } = await create({ ...another, sharesSubjects: true });
      const alone = await send('PUT', `/${id}`, another, { 'if-match': '"1"' });
      expect(alone.problem.code).toBe('subject-prefix-taken');
      expect((await send('PUT', `/${id}`, { ...another, subjectPrefix: 'two:' }, { 'if-match': '"1"' })).status).toBe(
        200,
      );
    },
  );

  it('do not take the names of a configured issuer, unless the tenant says so', async () => {
    const maker = await makeIssuer('https://one.test');
    const prefixless = about({ issuer: maker.issuer, keys: [maker.publicJwk], subjectPrefix: '' });
    expect((await send('POST', '', prefixless)).problem.code).toBe('subject-prefix-taken');
    await create({ ...prefixless, sharesSubjects: true });
    expect((await read(await maker.token())).status).toBe(200);
    expect(heard()).toMatchObject({ principal: 'alice', issuer: maker.issuer });
  });

  it('need no prefix in a tenant that no configured issuer without one speaks for', async () => {
    const maker = await makeIssuer('https://one.test');
    const [first, ...others] = gateway.parts.config.identity.issuers;
    const identity = {
      ...gateway.parts.config.identity,
      issuers: [{ ...first, subjectPrefix: 'corp:' }, ...others.map((one) => ({ ...one, tenants: [tenantB] }))],
    } as typeof gateway.parts.config.identity;
    const apart = await rig.gateway({ identity });
    const body = JSON.stringify(about({ issuer: maker.issuer, keys: [maker.publicJwk], subjectPrefix: '' }));
    expect((await call(apart, 'POST', '/api/v1/issuers', { token: admin, body })).status).toBe(201);
    for (const [sub, status] of [
      ['alice', 200],
      ['corp', 200],
      ['corp:alice', 401],
    ] as const)
      expect((await read(await maker.token({ sub, groups: ['corp:signers', 'signers'] }), apart)).status).toBe(status);
    expect(heard()).toMatchObject({ groups: ['signers'] });
    await apart.stop();
  });

  it('overlap in no tenant whose policy requires two people', async () => {
    const two = async () => ({
      head: { ok: true as const },
      body: Buffer.from(JSON.stringify({ ...policy, dualControl: ['destroy'] })),
    });
    const { id } = await create(about());
    rig.standIns.answer('getPolicy', two);
    const shared = about({ issuer: 'https://two.test', sharesSubjects: true });
    expect((await send('POST', '', shared)).problem.code).toBe('issuers-overlap');
    const put = about({ subjectPrefix: '', sharesSubjects: true });
    expect((await send('PUT', `/${id}`, put, { 'if-match': '"1"' })).problem.code).toBe('issuers-overlap');
    expect(JSON.parse((await send('POST', '?dryRun=true', shared)).text)).toMatchObject({
      error: { code: 'issuers-overlap' },
    });
    rig.standIns.answer('getPolicy');
  });

  it('that overlap are named to the policy service, which then does not require two people', async () => {
    const put = async () => {
      const headers = { 'if-match': '"1"' };
      const body = JSON.stringify({ allowedAlgorithms: [], fipsOnly: true, dualControl: ['destroy'] });
      await call(gateway, 'PUT', '/api/v1/policy', { token: admin, headers, body });
      return rig.standIns.heard.get('putPolicy')?.at(-1)?.context.sharedIssuer;
    };
    await create(about());
    expect(await put()).toBeUndefined();
    await create(about({ issuer: 'https://two.test', subjectPrefix: '', sharesSubjects: true }));
    expect(await put()).toBe('https://two.test');
    const body = JSON.stringify({ version: 1 });
    await call(gateway, 'POST', '/api/v1/policy/rollback', { token: admin, headers: { 'if-match': '"1"' }, body });
    expect(rig.standIns.heard.get('rollbackPolicy')?.at(-1)?.context.sharedIssuer).toBe('https://two.test');
  });

  it('can name the same people during a migration, and the trail names each issuer', async () => {
    const old = await made('https://old.test', { subjectPrefix: 'acme:' });
    const next = await made('https://next.test', { subjectPrefix: 'acme:', sharesSubjects: true });
    for (const maker of [old, next]) {
      expect((await read(await maker.token())).status).toBe(200);
      expect(heard()).toMatchObject({ principal: 'acme:alice', issuer: maker.issuer });
    }
  });

  it.each(['acme', ':', 'a:b:', 'a b:', 'ä:', `${'x'.repeat(64)}:`])(
    'cannot have a prefix like %j',
    async (subjectPrefix) => {
      expect((await send('POST', '', about({ subjectPrefix }))).problem.code).toBe('request-invalid');
    },
  );

  it('get none of each other’s answers for an Idempotency-Key', async () => {
    const more = { subjectPrefix: 'acme:', sharesSubjects: true };
    const [old, next] = [await made('https://old.test', more), await made('https://next.test', more)];
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const body = JSON.stringify({ algorithm: 'EC-P256', label: 'one' });
    const asked = async (maker: TokenMaker) =>
      call(gateway, 'POST', '/api/v1/keys', {
        token: await maker.token(asTenant(tenantA, 'tenant-admin')),
        headers,
        body,
      });
    const answers = [await asked(old), await asked(next)];
    expect(answers.map((answer) => [answer.status, answer.headers.get('idempotency-replayed')])).toEqual([
      [201, null],
      [201, null],
    ]);
    expect(answers[0]?.headers.get('location')).not.toBe(answers[1]?.headers.get('location'));
  });
});
