import { AnkaError, type ErrorCode, errors } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readsWithEtag } from '../api-description/response.js';
import { examplePath } from '../route/example.js';
import { basePath } from '../route/route.js';
import { routes } from '../routes/routes.js';
import { type CallAnswer, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';

const codes = Object.keys(errors) as ErrorCode[];

/** Preconditions that a read refuses, whatever its ETag is. */
const refused: readonly Readonly<Record<string, string>>[] = [
  ...['if-none-match', 'if-match'].flatMap((name) =>
    ['garbage', '', ',', '"open', 'W/', '*, "a"', '""x', Array(101).fill('"a"').join()].map((value) => ({
      [name]: value,
    })),
  ),
  { 'if-match': '"nope"' },
  { 'if-match': 'W/"nope"' },
  { 'if-match': '"nope"', 'if-none-match': '*' },
  { 'if-match': '*', 'if-none-match': 'garbage' },
];

const cachedAs = ({ status, headers }: Pick<CallAnswer, 'status' | 'headers'>) => ({
  isError: status >= 400,
  cache: headers.get('cache-control'),
  etag: headers.get('etag'),
  template: headers.get('link-template'),
});
const uncached = { isError: true, cache: 'no-store', etag: null, template: null };

describe('no cache keeps', () => {
  let token: string;
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin', 'auditor'));
  });
  afterAll(() => rig.stop());

  describe('a refusal of the key set', () => {
    const sets = { full: { keys: [{ kty: 'OKP', kid: 'a.1' }], truncated: true }, empty: { keys: [] } };
    const ask = (method: string, query = '', headers = {}) =>
      call(gateway, method, `/api/v1/tenants/acme/.well-known/jwks.json${query}`, { headers });
    let position = 0;
    const publish = (set: object): void =>
      rig.standIns.answer('getKeySet', async () => ({
        head: { ok: true },
        body: Buffer.from(JSON.stringify({ position: ++position, set })),
      }));

    it.each(Object.entries(sets))('that is %s, by its preconditions', async (_, set) => {
      publish(set);
      const good = await ask('GET');
      expect(good.headers.get('cache-control')).toMatch(/^public/);
      for (const query of ['', '?kid=a.1'])
        for (const method of ['GET', 'HEAD'])
          for (const headers of refused)
            expect([query, method, headers, cachedAs(await ask(method, query, headers))]).toEqual([
              query,
              method,
              headers,
              uncached,
            ]);
    });

    it.each(['?page=2', '?kid=', '?kid=a&kid=b', `?kid=${'a'.repeat(129)}`, '?kid=%zz', '?KID=a'])(
      'with the query %s',
      async (query) => {
        publish(sets.full);
        const answer = await ask('GET', query);
        if (answer.status >= 400) expect(cachedAs(answer)).toEqual(uncached);
        else expect(JSON.parse(answer.text)).toHaveProperty('keys');
      },
    );

    it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('with the method %s', async (method) => {
      expect(cachedAs(await ask(method))).toEqual(uncached);
    });

    it.each(['nobody', 'A', '%00', 'a'.repeat(300), '%zz'])('of the tenant %s', async (slug) => {
      expect(cachedAs(await call(gateway, 'GET', `/api/v1/tenants/${slug}/.well-known/jwks.json`))).toEqual(uncached);
    });

    it.each(codes)('that a service answers with %s', async (code) => {
      rig.standIns.answer('getKeySet', () => Promise.reject(new AnkaError(code, 'What to do next')));
      // A set of one key is never kept here, so that the service's answer is always the caller's.
      expect(cachedAs(await ask('GET', '?kid=a.1'))).toEqual(uncached);
    });
  });

  const readable = routes.filter((route) => readsWithEtag(route) && route.public !== true);

  it.each(readable.map((route) => [route.operationId, route] as const))('a refusal of %s', async (_, route) => {
    const path = `${basePath}${examplePath(route.path)}`;
    for (const headers of refused)
      expect([headers, cachedAs(await call(gateway, 'GET', path, { token, headers }))]).toEqual([headers, uncached]);
  });
});
