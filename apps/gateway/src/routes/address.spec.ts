import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ErrorCode, errors, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplePath } from '../route/example.js';
import { basePath, type Route } from '../route/route.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';
import { routes } from './routes.js';

const prefix = '/hsm';

/** Every address of this server in a text, as clients would take it. Templates of a description are relative to its server. */
const addressesIn = (words: string): string[] =>
  [...words.matchAll(/(?<![\w}.-])(?:\/hsm)?\/(?:api\/v1|docs|problems)(?![\w.-])[^\s"'<>&)]*/g)].map(
    ([found]) => found,
  );

const expectPublished = (what: string, words: string): void =>
  expect(
    addressesIn(words).filter((address) => !address.startsWith(`${prefix}/`)),
    what,
  ).toEqual([]);

type Answer = Awaited<ReturnType<typeof call>>;
const wordsOf = ({ headers, text: body }: Answer): string =>
  [...headers].map(([name, value]) => `${name}: ${value}`).join('\n') + `\n${body}`;

describe('below a base path', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway({ http: { basePath: prefix } });
  });
  afterAll(() => rig.stop());

  const send = async (route: Route, role: Route['roles'][number] | undefined): Promise<Answer> => {
    const tenant = role === 'platform-admin' ? platformTenantId : tenantA;
    return call(gateway, route.method, `${prefix}${basePath}${examplePath(route.path)}`, {
      token: role === undefined ? undefined : await rig.issuer.token(asTenant(tenant, role)),
      ...(route.takes === 'body' && { body: JSON.stringify(route.example.request) }),
      ...(route.conditional && { headers: { 'if-match': '"7"' } }),
    });
  };

  it.each(routes.map((route) => [route.operationId, route] as const))('%s names no other address', async (_, route) => {
    const answers = [await send(route, route.roles[0]), await send(route, undefined)];
    for (const answer of answers) {
      expectPublished(route.operationId, wordsOf(answer));
      if (answer.status >= 400) expect(answer.problem.type).toBe(`${prefix}/problems/${answer.problem.code}`);
    }
    const [{ status, headers } = expect.fail()] = answers;
    if (route.location !== undefined && status < 300)
      expect(headers.get('location')).toMatch(new RegExp(`^${prefix}${basePath}${route.location}/[0-9a-f-]{36}$`));
  });

  it('a request that waits for a second person names its approval there', async () => {
    const route = routes.find(({ controlled }) => controlled) ?? expect.fail();
    const error = { code: 'approval-required', retryable: false, detail: 'x' } as const;
    rig.standIns.answer(route.operationId, async () => ({ head: { ok: false, error, revision: 7 } }));
    const answer = await send(route, route.roles[0]);
    rig.standIns.answer(route.operationId);
    expect(answer.status, answer.text).toBe(202);
    expect(answer.headers.get('location')).toMatch(/^\/hsm\/api\/v1\/approvals\//);
  });

  it('a set that leaves out keys says there how to find them', async () => {
    const body = Buffer.from(JSON.stringify({ position: 2, set: { keys: [], truncated: true } }));
    rig.standIns.answer('getKeySet', async () => ({ head: { ok: true }, body }));
    const { headers } = await call(gateway, 'GET', '/api/v1/tenants/acme/.well-known/jwks.json');
    rig.standIns.answer('getKeySet');
    expect(headers.get('link-template')).toBe(`"/hsm/api/v1/tenants/acme/.well-known/jwks.json{?kid}"; rel="item"`);
  });

  it('pages, the description and every link in them are there', async () => {
    const seen = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const answer = await call(gateway, 'GET', path);
      expect(answer.status, path).toBe(200);
      expectPublished(path, wordsOf(answer));
      const links = [...answer.text.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, link]) => link ?? '');
      for (const link of links) {
        expect(link, path).toMatch(/^\/hsm\//);
        await visit(link);
      }
    };
    await visit('/hsm/docs');
    const { text: docs } = await call(gateway, 'GET', '/hsm/docs');
    const tried = [...docs.matchAll(/data-path="([^"]*)"/g)].map(([, path]) => path);
    expect(tried).toEqual(expect.arrayContaining(routes.map(({ path }) => `${prefix}${basePath}${path}`)));
    for (const code of Object.keys(errors) as ErrorCode[]) expect(seen).toContain(`${prefix}/problems/${code}`);
    expect(seen).toContain('/hsm/api/v1/openapi.json');
  });

  it('requests that no route takes, and what is not HTTP, are told there', async () => {
    const unrouted = [
      ['GET', '/hsm/nowhere', 404],
      ['PATCH', '/hsm/api/v1/keys', 405],
      ['POST', '/hsm/api/v1/oauth/token', 415],
    ] as const;
    for (const [method, path, status] of unrouted) {
      const body = method === 'GET' ? {} : { headers: { 'content-type': 'text/plain' }, body: 'x' };
      const answer = await call(gateway, method, path, body);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.problem.type).toBe(`${prefix}/problems/${answer.problem.code}`);
    }
    const connection = connect(gateway.port, '127.0.0.1');
    connection.end('nonsense\r\n\r\n');
    expect(await text(connection)).toContain('"type":"/hsm/problems/request-invalid"');
  });

  it('problem-types alone moves the type of problems elsewhere', async () => {
    const elsewhere = 'https://docs.example.com/problems.md#';
    const other = await rig.gateway({ http: { basePath: prefix, problemTypes: elsewhere } });
    const { problem } = await call(other, 'GET', '/hsm/api/v1/keys');
    expect(problem.type).toBe(`${elsewhere}authentication-required`);
    const description = JSON.parse((await call(other, 'GET', '/hsm/api/v1/openapi.json')).text) as {
      components: { examples: Record<string, { value: { type: string } }> };
    };
    for (const [code, { value }] of Object.entries(description.components.examples))
      expect(value.type).toBe(`${elsewhere}${code}`);
  });
});
