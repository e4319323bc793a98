import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { DryRun } from '@ankasecure/contracts';
import { isDryRun } from '@ankasecure/service-kit';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BodyBudget } from '../http/body-budget.js';
import { call } from '../testing/call.js';
import { type Gateway, ownIssuer, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, seconds, tenantA, tenantB } from '../testing/token.js';
import { createServiceAccount, type ServiceAccount } from './service-account.contract.js';
import { ServiceAccounts } from './service-accounts.js';

const tokenUrl = `${ownIssuer}/api/v1/oauth/token`;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface KeyPair {
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

const makePair = async (kid: string): Promise<KeyPair> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, privateKey };
};

let rig: Rig;
let gateway: Gateway;
let admin: string;
let pair: KeyPair;
let account: ServiceAccount;

const create = (body: object, token = admin) =>
  call(gateway, 'POST', '/api/v1/service-accounts', { token, body: JSON.stringify(body) });
const newAccount = async (keys: readonly JWK[] = [pair.jwk], roles = ['user']): Promise<ServiceAccount> =>
  JSON.parse((await create({ name: 'payments', roles, groups: ['signers'], keys })).text) as ServiceAccount;

/** A valid assertion, with any of its parts replaced. */
const assertion = (
  { clientId }: Pick<ServiceAccount, 'clientId'>,
  claims: Record<string, unknown> = {},
  { header = {}, key = pair }: { header?: object; key?: KeyPair } = {},
): Promise<string> =>
  new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: tokenUrl,
    jti: crypto.randomUUID(),
    exp: seconds(60),
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: String(key.jwk.kid), ...header })
    .sign(key.privateKey);

const ask = (client_assertion: string, more: Record<string, string> = {}, at = gateway) =>
  call(at, 'POST', '/api/v1/oauth/token', {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion,
      ...more,
    }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
const tokenOf = async (of = account): Promise<string> =>
  (JSON.parse((await ask(await assertion(of))).text) as { access_token: string }).access_token;
const read = (token: string, at = gateway) => call(at, 'GET', '/api/v1/keys', { token });

beforeAll(async () => {
  rig = await startRig();
  gateway = await rig.gateway();
  admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
  pair = await makePair('one');
  account = await newAccount();
});
afterAll(() => rig.stop());

describe('a service account', () => {
  it('gets a token for an assertion, and is admitted with it', async () => {
    const answer = await ask(await assertion(account));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ token_type: 'Bearer', expires_in: 60 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await read(await tokenOf())).status).toBe(200);
    expect(rig.standIns.heard.get('listKeys')?.at(-1)?.context).toMatchObject({
      tenantId: tenantA,
      principal: account.id,
      issuer: ownIssuer,
      roles: ['user'],
      groups: ['signers'],
    });
  });

  it('can name the issuer instead of the endpoint, and itself beside the assertion', async () => {
    expect((await ask(await assertion(account, { aud: ownIssuer }), { client_id: account.clientId })).status).toBe(200);
  });

  it('has its tokens recorded in its tenant’s trail', async () => {
    await tokenOf();
    await expect
      .poll(() =>
        rig.standIns.sealed.find(({ operation, userId }) => operation === 'token.issue' && userId === account.id),
      )
      .toMatchObject({ tenantId: tenantA, outcome: 'success', details: { userIssuer: ownIssuer } });
  });

  it('is no platform administrator, and the platform stores no secret of it', async () => {
    expect((await create({ name: 'x', roles: ['platform-admin'], keys: [pair.jwk] })).status).toBe(400);
    const { d } = await exportJWK(pair.privateKey);
    expect((await create({ name: 'x', roles: ['user'], keys: [{ ...pair.jwk, d }] })).status).toBe(400);
    const rows = JSON.stringify(await rig.postgres.query('ankadb_gateway', 'SELECT keys FROM service_account'));
    expect(rows).toContain(pair.jwk.x);
    expect(rows).not.toMatch(/"(?:d|p|q|k|priv)":/);
  });

  it.each<[string, object]>([
    ['a symmetric key', { kty: 'oct', k: 'AAAA', kid: 'x', alg: 'HS256' }],
    ['a key of another algorithm', { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'x', alg: 'RS256' }],
    ['a point that is none', { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'x', alg: 'ES256' }],
    [
      'RSA with 512 bits',
      { kty: 'RSA', n: Buffer.alloc(64, 0xff).toString('base64url'), e: 'AQAB', kid: 'x', alg: 'RS256' },
    ],
  ])('is refused with %s', async (_, key) => {
    expect((await create({ name: 'x', roles: ['user'], keys: [key] })).problem.code).toBe('request-invalid');
  });

  it('does not exist for another tenant', async () => {
    const token = await rig.issuer.token(asTenant(tenantB, 'tenant-admin'));
    for (const method of ['GET', 'DELETE'])
      expect((await call(gateway, method, `/api/v1/service-accounts/${account.id}`, { token })).status).toBe(404);
    expect((await call(gateway, 'GET', '/api/v1/service-accounts', { token })).text).toBe('{"items":[],"next":null}');
    expect((await read(await tokenOf())).status).toBe(200);
  });
});

describe('the listing of accounts', () => {
  it('is newest first, page by page', async () => {
    const token = await rig.issuer.token(asTenant(tenantB, 'tenant-admin'));
    const made: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      const { text } = await create({ name, roles: ['user'], keys: [pair.jwk] }, token);
      made.unshift((JSON.parse(text) as ServiceAccount).id);
    }
    const list = async (query: string) =>
      JSON.parse((await call(gateway, 'GET', `/api/v1/service-accounts?limit=2${query}`, { token })).text) as {
        items: ServiceAccount[];
        next: string | null;
      };
    const first = await list('');
    expect(first.items.map(({ id }) => id)).toEqual(made.slice(0, 2));
    const last = await list(`&cursor=${first.next}`);
    expect([last.items.map(({ id }) => id), last.next]).toEqual([made.slice(2), null]);
    await rig.postgres.query('ankadb_gateway', `DELETE FROM service_account WHERE tenant_id = '${tenantB}'`);
  });
});

describe('a dry run', () => {
  const dryRunOf = async (method: string, path: string, body?: object): Promise<DryRun> => {
    const options = { token: admin, ...(body && { body: JSON.stringify(body) }) };
    const answer = await call(gateway, method, `/api/v1/service-accounts${path}?dryRun=true`, options);
    expect(answer.status, answer.text).toBe(200);
    return JSON.parse(answer.text) as DryRun;
  };
  const known = async (): Promise<string> =>
    (await call(gateway, 'GET', '/api/v1/service-accounts', { token: admin })).text;

  it('of a new account checks everything, creates nothing, and is marked in the trail', async () => {
    const before = await known();
    const body = { name: 'tried', roles: ['user', 'auditor'], keys: [pair.jwk] };
    expect(await dryRunOf('POST', '', body)).toEqual({
      dryRun: true,
      operation: 'service-account.create',
      succeeds: true,
    });
    const short = { ...pair.jwk, x: 'AAAA' };
    expect(await dryRunOf('POST', '', { ...body, keys: [short] })).toMatchObject({
      succeeds: false,
      error: { code: 'request-invalid', status: 400 },
    });
    expect(await known()).toBe(before);
    const sealed = () => rig.standIns.sealed.filter(({ operation }) => operation === 'dry-run.service-account.create');
    await expect.poll(() => sealed().length).toBe(2);
    expect(sealed()).toMatchObject([
      { tenantId: tenantA, userId: 'admin', outcome: 'success', details: { roles: 'user,auditor' } },
      { outcome: 'failure', failureCode: 'request-invalid' },
    ]);
  });

  it('of a deletion deletes nothing', async () => {
    const token = await tokenOf();
    expect(await dryRunOf('DELETE', `/${account.id}`)).toMatchObject({ succeeds: true });
    expect((await read(token)).status).toBe(200);
    expect(await dryRunOf('DELETE', `/${crypto.randomUUID()}`)).toMatchObject({
      succeeds: false,
      error: { code: 'service-account-not-found' },
    });
  });
});

describe('a tenant with the maximum number of accounts', () => {
  it('gets no other, and a repeated call still returns an earlier one', async () => {
    const accounts = gateway.app.get(ServiceAccounts);
    const context = { tenantId: tenantB, principal: 'admin', correlationId: 'full', deadline: seconds(60) * 1000 };
    const request = createServiceAccount.request.parse({ name: 'last', roles: ['user'], keys: [pair.jwk] });
    const last = { ...context, resourceId: crypto.randomUUID() };
    const made = await accounts.create(last, request);
    await rig.postgres.query(
      'ankadb_gateway',
      `INSERT INTO service_account (tenant_id, id, name, roles, groups, keys, created_by, seal, record_revision)
       SELECT '${tenantB}', gen_random_uuid(), n::text, '{user}', '{}', '[{}]', 'x', sha256(''), 1 FROM generate_series(2, 1000) n`,
    );
    await expect(accounts.create(context, request)).rejects.toMatchObject({ code: 'request-invalid' });
    const tried = await accounts.create({ ...context, dryRun: true }, request);
    expect(isDryRun(tried) && tried.error?.code).toBe('request-invalid');
    expect(await accounts.create(last, request)).toEqual(made);
    await rig.postgres.query('ankadb_gateway', `DELETE FROM service_account WHERE tenant_id = '${tenantB}'`);
  });
});

/** Assertions of an account that get no token. */
const bad: Record<string, (account: ServiceAccount) => Promise<string>> = {
  'is for another endpoint': (account) => assertion(account, { aud: 'https://elsewhere.test/token' }),
  'is for this endpoint and another': (account) => assertion(account, { aud: [tokenUrl, 'https://elsewhere.test'] }),
  'has no audience': (account) => assertion(account, { aud: undefined }),
  'is expired': (account) => assertion(account, { exp: seconds(-10) }),
  'has no end': (account) => assertion(account, { exp: undefined }),
  'lives for an hour': (account) => assertion(account, { exp: seconds(3600) }),
  'has no jti': (account) => assertion(account, { jti: undefined }),
  'has a jti that is not text': (account) => assertion(account, { jti: 7 }),
  'is issued by another': (account) => assertion(account, { iss: 'somebody' }),
  'is of an unknown account': () => assertion({ clientId: `${tenantA}.${crypto.randomUUID()}` }),
  'names the account in another tenant': (account) => assertion({ clientId: `${tenantB}.${account.id}` }),
  'has no valid client id': () => assertion({ clientId: "'; DROP TABLE service_account" }),
  'is signed by a stranger': async (account) => assertion(account, {}, { key: await makePair('one') }),
  'names no key': (account) => assertion(account, {}, { header: { kid: 'two' } }),
  'contains the key that signed it': async (account) => {
    const key = await makePair('one');
    return assertion(account, {}, { key, header: { jwk: key.jwk } });
  },
  'is an access token by its typ': (account) => assertion(account, {}, { header: { typ: 'at+jwt' } }),
  'was used before': async (account) => {
    const once = await assertion(account);
    expect((await ask(once)).status).toBe(200);
    return once;
  },
  'was used on another gateway before': async (account) => {
    const once = await assertion(account);
    const other = await rig.gateway();
    expect((await ask(once, {}, other)).status).toBe(200);
    await other.stop();
    return once;
  },
};

describe('a key that signs tokens', () => {
  it('is known on every gateway before its first token is returned, even where it was asked for earlier', async () => {
    const theirs = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantB, 'tenant-admin') });
    const body = { name: 'payments', roles: ['user'], keys: [pair.jwk] };
    const first = JSON.parse((await create(body, theirs)).text) as ServiceAccount;
    const other = await rig.gateway();
    const guess = await new SignJWT({
      iss: ownIssuer,
      aud: ownIssuer,
      sub: first.id,
      nbf: seconds(-1),
      exp: seconds(60),
    })
      .setProtectedHeader({ alg: 'ES256', kid: `${tenantB}.1` })
      .sign(pair.privateKey);
    for (const at of [gateway, other]) expect((await read(guess, at)).status).toBe(401);
    const token = await tokenOf(first);
    for (const at of [other, gateway]) expect((await read(token, at)).status).toBe(200);
    await other.stop();
  });
});

describe('the token endpoint', () => {
  it.each(Object.entries(bad))('refuses an assertion that %s, like every other', async (_, make) => {
    // Each has an account of its own: the refusals of one account have a rate.
    const answer = await ask(await make(await newAccount()));
    expect([answer.status, answer.text]).toEqual([
      401,
      '{"error":"invalid_client","error_description":"Client authentication failed: use an unexpired assertion for this endpoint, valid once, with a jti of its own and signed with a key of the account, or one of its certificates"}',
    ]);
  });

  it('ignores a key in the header of an assertion', async () => {
    const { jwk } = await makePair('one');
    expect((await ask(await assertion(await newAccount(), {}, { header: { jwk } }))).status).toBe(200);
  });

  it.each<[string, Record<string, string>, string]>([
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant', { grant_type: '' }, 'invalid_request'],
    ['another kind of assertion', { client_assertion_type: 'x' }, 'invalid_request'],
    ['rubbish', { client_assertion: 'rubbish' }, 'invalid_request'],
    ['another client', { client_id: 'another' }, 'invalid_request'],
  ])('refuses %s', async (_, more, error) => {
    const answer = await ask(await assertion(account), more);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { error }]);
  });

  const secret = { client_id: 'a.b', client_secret: 'x', grant_type: 'client_credentials' };
  it.each([
    ['in the form', secret, {}, null],
    [
      'in the header',
      { grant_type: 'client_credentials' },
      { authorization: 'Basic YTpi' },
      'Basic realm="ankasecure"',
    ],
    ['in both', secret, { authorization: 'basic YTpi' }, 'Basic realm="ankasecure"'],
  ])('says that there are no secrets to a client with one %s', async (_, fields, headers, challenge) => {
    const answer = await call(gateway, 'POST', '/api/v1/oauth/token', {
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
    expect(JSON.parse(answer.text)).toEqual({
      error: 'invalid_client',
      error_description: expect.stringContaining('has no client secrets: send client_assertion') as string,
    });
  });

  it('takes only forms, and no other route takes them', async () => {
    const json = { body: '{}', headers: { 'content-type': 'application/json' } };
    expect((await call(gateway, 'POST', '/api/v1/oauth/token', json)).status).toBe(415);
    const form = { token: admin, body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await call(gateway, 'POST', '/api/v1/sign', form)).status).toBe(415);
  });

  it('gives one token for one assertion, however many concurrent requests use it', async () => {
    const once = await assertion(await newAccount());
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(once)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 401)]);
  });
});

describe('a database failure during a client’s authentication', () => {
  it('is reported as a failure of the platform, not of the client', async () => {
    const accounts = gateway.app.get(ServiceAccounts);
    const find = accounts.find.bind(accounts);
    const cut = vi.spyOn(gateway.parts.dataSource, 'transaction');
    const found = vi.spyOn(accounts, 'find').mockImplementation(async (...asked) => {
      const account = await find(...asked);
      cut.mockRejectedValue(new Error('Connection terminated unexpectedly'));
      return account;
    });
    const answer = await ask(await assertion(account));
    for (const spy of [found, cut]) spy.mockRestore();
    expect([answer.status, answer.problem.code]).toEqual([503, 'service-unavailable']);
    expect((await ask(await assertion(account))).status).toBe(200);
  });
});

describe('an account that is changed', () => {
  const put = (of: ServiceAccount, change: object, revision = of.revision, at = gateway) =>
    call(at, 'PUT', `/api/v1/service-accounts/${of.id}`, {
      token: admin,
      headers: { 'if-match': `"${revision}"` },
      body: JSON.stringify({
        name: of.name,
        roles: of.roles,
        groups: of.groups,
        keys: of.keys,
        certificates: [],
        ...change,
      }),
    });
  const changed = async (...asked: Parameters<typeof put>): Promise<ServiceAccount> => {
    const answer = await put(...asked);
    expect(answer.status, answer.text).toBe(200);
    return JSON.parse(answer.text) as ServiceAccount;
  };
  const instant = (fromNow: number): string => new Date(Date.now() + fromNow * 1000).toISOString();
  const tokenBy = async (of: ServiceAccount, key: KeyPair) => {
    const answer = await ask(await assertion(of, {}, { key }));
    return answer.status === 200 ? (JSON.parse(answer.text) as { access_token: string }).access_token : answer.status;
  };
  let next: KeyPair;
  beforeAll(async () => {
    next = await makePair('two');
  });

  it('rolls its key in place: both are valid, tokens stay, and its id with its grants', async () => {
    const before = await newAccount();
    const token = await tokenOf(before);
    const both = await changed(before, { keys: [pair.jwk, next.jwk] });
    expect(both).toMatchObject({ id: before.id, clientId: before.clientId, revision: 2 });
    expect((await read(token)).status).toBe(200);
    for (const key of [pair, next]) expect((await read(String(await tokenBy(both, key)))).status).toBe(200);
  });

  it('has its tokens ended on every gateway before the answer if a key is taken away or ends earlier', async () => {
    const gateways = [gateway, await rig.gateway()];
    for (const keys of [[next.jwk], [{ ...pair.jwk, expiresAt: instant(-1) }, next.jwk]]) {
      const both = await newAccount([pair.jwk, next.jwk]);
      const tokens = [String(await tokenBy(both, pair)), String(await tokenBy(both, next))];
      for (const at of gateways) for (const token of tokens) expect((await read(token, at)).status).toBe(200);
      const after = await changed(both, { keys });
      for (const at of gateways) for (const token of tokens) expect((await read(token, at)).status).toBe(401);
      expect(await tokenBy(after, pair)).toBe(401);
      expect((await read(String(await tokenBy(after, next)))).status).toBe(200);
    }
    await gateways[1]?.stop();
  });

  it('gets no token that outlives the key', async () => {
    const of = await newAccount();
    const after = await changed(of, { keys: [{ ...pair.jwk, expiresAt: instant(20) }, next.jwk] });
    expect(after.keys[0]).toMatchObject({ kid: 'one', expiresAt: expect.any(String) as string });
    const lifeOf = async (key: KeyPair): Promise<number> =>
      (JSON.parse((await ask(await assertion(after, {}, { key }))).text) as { expires_in: number }).expires_in;
    expect(await lifeOf(pair)).toBeLessThanOrEqual(20);
    expect(await lifeOf(next)).toBe(60);
  });

  it('gets its new roles and groups at once, with the token that it has', async () => {
    const before = await newAccount();
    const token = await tokenOf(before);
    await changed(before, { roles: ['auditor'], groups: ['watchers'] });
    expect((await read(token)).status).toBe(200);
    expect(rig.standIns.heard.get('listKeys')?.at(-1)?.context).toMatchObject({
      principal: before.id,
      roles: ['auditor'],
      groups: ['watchers'],
    });
  });

  it('is changed only from its present revision, to a usable state, and in its own tenant', async () => {
    const of = await newAccount();
    const codeOf = async (asked: ReturnType<typeof put>) => (await asked).problem.code;
    expect(await codeOf(put(of, {}, 7))).toBe('precondition-failed');
    for (const bad of [
      { keys: [] },
      { keys: [pair.jwk, pair.jwk] },
      { keys: [{ ...pair.jwk, x: 'AAAA' }] },
      { keys: [{ ...pair.jwk, expiresAt: 'soon' }] },
      { roles: ['user', 'user'] },
      { roles: ['platform-admin'] },
      { certificates: [{ thumbprint: 'A'.repeat(43) }] },
    ])
      expect(await codeOf(put(of, bad)), JSON.stringify(bad)).toBe('request-invalid');
    expect(await codeOf(put({ ...of, id: crypto.randomUUID() }, {}))).toBe('service-account-not-found');
    const theirs = await rig.issuer.token(asTenant(tenantB, 'tenant-admin'));
    const path = `/api/v1/service-accounts/${of.id}`;
    const body = JSON.stringify({ name: 'x', roles: ['user'], groups: [], keys: [next.jwk], certificates: [] });
    expect(await codeOf(call(gateway, 'PUT', path, { token: theirs, headers: { 'if-match': '"1"' }, body }))).toBe(
      'service-account-not-found',
    );
  });

  it('is on record with its keys’ thumbprints', async () => {
    const of = await newAccount();
    await changed(of, { roles: ['auditor'], keys: [next.jwk] });
    const event = () =>
      rig.standIns.sealed.find(
        (row) => row.operation === 'service-account.put' && row.details?.['accountId'] === of.id,
      );
    await expect.poll(event).toMatchObject({
      tenantId: tenantA,
      userId: 'admin',
      details: {
        roles: 'auditor',
        rolesWas: 'user',
        addedKeys: await calculateJwkThumbprint(next.jwk),
        removedKeys: await calculateJwkThumbprint(pair.jwk),
        tokens: 'ended',
      },
    });
  });
});

describe('an account that is deleted', () => {
  it('is excluded from every gateway before the answer', async () => {
    const gateways = [gateway, await rig.gateway(), await rig.gateway()];
    for (let time = 0; time < 5; time++) {
      const doomed = await newAccount();
      const token = await tokenOf(doomed);
      for (const at of gateways) expect((await read(token, at)).status).toBe(200);
      const answer = await call(gateway, 'DELETE', `/api/v1/service-accounts/${doomed.id}`, { token: admin });
      expect(answer.status).toBe(200);
      for (const at of gateways) expect((await read(token, at)).status).toBe(401);
      expect((await ask(await assertion(doomed))).status).toBe(401);
    }
    expect((await read(await tokenOf())).status).toBe(200);
    for (const at of gateways.slice(1)) await at.stop();
  });

  it('continues nothing that it began earlier', async () => {
    const doomed = await newAccount([pair.jwk], ['tenant-admin']);
    const token = await tokenOf(doomed);
    expect((await read(token)).status).toBe(200);
    const body = JSON.stringify({ algorithm: 'EC-P256', label: 'late' });
    const asked = rig.standIns.heard.get('createKey')?.length ?? 0;
    const head = `POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    let heard = '';
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(head));
    socket.on('data', (chunk) => (heard += chunk.toString()));
    await expect.poll(() => gateway.app.get(BodyBudget).inFlight).toBe(body.length);
    expect((await call(gateway, 'DELETE', `/api/v1/service-accounts/${doomed.id}`, { token: admin })).status).toBe(200);
    socket.write(body);
    await expect.poll(() => heard).toContain('authentication-required');
    expect(rig.standIns.heard.get('createKey') ?? []).toHaveLength(asked);
  });

  /** Starts a listing that is held back until `letGo`. */
  const held = async (of: ServiceAccount, at: Gateway) => {
    const token = await tokenOf(of);
    expect((await read(token, at)).status).toBe(200);
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    let isFirst = true;
    rig.standIns.answer('listKeys', async ({ principal }) => {
      if (principal === of.id && isFirst) {
        isFirst = false;
        await gate;
      }
      return { head: { ok: true }, body: Buffer.from('{"items":[],"next":null}') };
    });
    const count = rig.standIns.heard.get('listKeys')?.length ?? 0;
    const answer = read(token, at);
    await expect.poll(() => rig.standIns.heard.get('listKeys')?.length).toBe(count + 1);
    return { token, answer, letGo };
  };
  const remove = (id: string, token = admin) => call(gateway, 'DELETE', `/api/v1/service-accounts/${id}`, { token });

  it('has no running work when the answer is there, and gets no answer to earlier requests', async () => {
    const other = await rig.gateway();
    const doomed = await newAccount();
    const { token, answer, letGo } = await held(doomed, other);
    let isDone = false;
    const removed = remove(doomed.id).finally(() => (isDone = true));
    await expect.poll(async () => (await read(token, other)).status).toBe(401);
    await delay(500);
    expect(isDone).toBe(false);
    letGo();
    expect((await removed).status).toBe(200);
    expect((await answer).status).toBe(401);
    rig.standIns.answer('listKeys');
    await other.stop();
  });

  it('is deleted without waiting for other callers’ work', async () => {
    const [bystander, doomed] = [await newAccount(), await newAccount()];
    const { answer, letGo } = await held(bystander, gateway);
    // The bystander's work goes on until `letGo`.
    expect((await remove(doomed.id)).status).toBe(200);
    letGo();
    expect((await answer).status).toBe(200);
    rig.standIns.answer('listKeys');
  });

  it('delays no admission of others while its own work ends, and the deletion waits for that work', async () => {
    const theirs = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantB, 'tenant-admin') });
    const body = { name: 'payments', roles: ['user'], keys: [pair.jwk] };
    const bystander = JSON.parse((await create(body, theirs)).text) as ServiceAccount;
    const [other, fresh] = [await rig.gateway(), await rig.gateway()];
    const doomed = await newAccount();
    const { token, answer, letGo } = await held(doomed, other);
    let isDone = false;
    const removed = remove(doomed.id).finally(() => (isDone = true));
    await expect.poll(async () => (await read(token, other)).status).toBe(401);
    expect((await ask(await assertion(bystander), {}, fresh)).status).toBe(200);
    const issuer = {
      issuer: 'https://their-own.test',
      audience,
      algorithms: ['ES256'],
      keys: [pair.jwk],
      subjectPrefix: 'their:',
    };
    const named = await call(fresh, 'POST', '/api/v1/issuers', { token: theirs, body: JSON.stringify(issuer) });
    expect(named.status, named.text).toBe(201);
    expect(isDone).toBe(false);
    letGo();
    expect((await removed).status).toBe(200);
    expect((await answer).status).toBe(401);
    rig.standIns.answer('listKeys');
    for (const at of [other, fresh]) await at.stop();
  });

  /** What a deletion takes now that nothing hinders, in milliseconds. */
  const deletionMs = async (): Promise<number> => {
    const { id } = await newAccount();
    const from = performance.now();
    await call(gateway, 'DELETE', `/api/v1/service-accounts/${id}`, { token: admin });
    return performance.now() - from;
  };

  it('can request its own deletion, and two accounts can request each other’s', async () => {
    const roles = ['tenant-admin'];
    const [one, two, three] = [
      await newAccount([pair.jwk], roles),
      await newAccount([pair.jwk], roles),
      await newAccount([pair.jwk], roles),
    ];
    const tokens = await Promise.all([one, two, three].map(tokenOf));
    const calm = await deletionMs();
    const from = performance.now();
    await Promise.all([remove(two.id, tokens[0]), remove(one.id, tokens[1]), remove(three.id, tokens[2])]);
    expect(performance.now() - from).toBeLessThan(10 * Math.max(calm, 500));
    const [first, second, itself] = await Promise.all(tokens.map(async (token) => (await read(token)).status));
    expect(itself).toBe(401);
    // An account that is deleted before its own request runs deletes no other account.
    expect([first, second]).toContain(401);
  });

  it('is excluded on a disconnected gateway by the end of its lease', async () => {
    const doomed = await newAccount();
    const cut = await rig.gateway();
    const token = await tokenOf(doomed);
    expect((await read(token, cut)).status).toBe(200);
    const calm = await deletionMs();
    const { dataSource } = cut.parts;
    const away = Object.assign(new Error('connection terminated'), { code: '08006' });
    const cuts = [vi.spyOn(dataSource, 'transaction'), vi.spyOn(dataSource, 'query')];
    for (const spy of cuts) spy.mockRejectedValue(away);
    const from = performance.now();
    await call(gateway, 'DELETE', `/api/v1/service-accounts/${doomed.id}`, { token: admin });
    expect(performance.now() - from).toBeLessThan(10 * Math.max(calm, 500));
    expect((await read(token, cut)).status).toBe(503);
    for (const spy of cuts) spy.mockRestore();
    expect((await read(token, cut)).status).toBe(401);
    await cut.stop();
  });
});

describe('what is refused in the name of an account', () => {
  const refusedTo = (id: string) =>
    rig.standIns.sealed
      .filter(({ userId, outcome }) => userId === id && outcome === 'failure')
      .map(({ operation, failureCode, details }) => [operation, failureCode, details?.['reason'] ?? null]);

  it('is on record with the reason if it is a token and the account exists', async () => {
    const [own, nobody] = [await newAccount(), crypto.randomUUID()];
    const used = await assertion(own);
    const stranger = { clientId: `${tenantA}.${nobody}` };
    const asked = [used, used, await assertion(own, { exp: seconds(-60) }), await assertion(stranger)];
    const statuses: number[] = [];
    for (const one of asked) statuses.push((await ask(one)).status);
    expect(statuses).toEqual([200, 401, 401, 401]);
    // The last one of the account is sealed after everything before it.
    await ask(await assertion(own, { aud: 'https://elsewhere.test' }));
    await expect
      .poll(() => refusedTo(own.id))
      .toEqual([
        ['token.issue', 'invalid_client', 'jti was used before'],
        ['token.issue', 'invalid_client', '"exp" claim timestamp check failed'],
        ['token.issue', 'invalid_client', 'aud is not this token endpoint'],
      ]);
    expect(refusedTo(nobody)).toEqual([]);
  });

  it('is on record if its form is wrong and its proof genuine', async () => {
    const own = await newAccount();
    const forged = await makePair('one');
    const wrong: Record<string, string>[] = [
      { grant_type: 'password' },
      { client_assertion_type: 'x' },
      { client_id: 'another' },
    ];
    for (const more of wrong) {
      expect((await ask(await assertion(own), more)).status).toBe(400);
      expect((await ask(await assertion(own, {}, { key: forged }), more)).status).toBe(400);
    }
    const proved = await assertion(own);
    expect((await ask(proved, { grant_type: 'password' })).status).toBe(400);
    expect((await ask(proved)).status).toBe(200);
    await ask(await assertion(own, { aud: 'https://elsewhere.test' }));
    const refused = [
      'unsupported_grant_type',
      'invalid_request',
      'invalid_request',
      'unsupported_grant_type',
      'invalid_client',
    ];
    await expect
      .poll(() => refusedTo(own.id).map(([operation, code]) => [operation, code]))
      .toEqual(refused.map((code) => ['token.issue', code]));
  });

  it('is on record if it is a request with a token of an account that has changed', async () => {
    const own = await newAccount();
    const token = await tokenOf(own);
    expect((await read(token)).status).toBe(200);
    expect((await call(gateway, 'DELETE', `/api/v1/service-accounts/${own.id}`, { token: admin })).status).toBe(200);
    expect((await read(token)).status).toBe(401);
    await expect.poll(() => refusedTo(own.id)).toEqual([['access.denied', 'authentication-required', null]]);
  });
});
