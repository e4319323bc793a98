import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.js';
import { type Gateway, type Rig, startRig } from '../../testing/rig.js';
import { asTenant, tenantA } from '../../testing/token.js';
import { withoutBasePath } from './base-path.js';

describe('the path of a request', () => {
  it.each([
    ['/hsm/api/v1/keys?a=/hsm', '/api/v1/keys?a=/hsm'],
    ['/hsm', '/'],
    ['/hsm?a', '/?a'],
    ['/hsm/', '/'],
    ['/hsm/hsm/api', '/hsm/api'],
    ['/hsmx/api', '/hsmx/api'],
    ['/api/v1/keys', '/api/v1/keys'],
    [undefined, '/'],
  ])('%s is %s without its base path', (url, path) => expect(withoutBasePath('/hsm')({ url })).toBe(path));
});

describe('behind a proxy that publishes the API below a path', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway({ http: { basePath: '/hsm' } });
  });
  afterAll(() => rig.stop());

  const body = JSON.stringify({ algorithm: 'EC-P256', label: 'one', purpose: 'sign' });
  const create = async (path: string, headers: Record<string, string> = {}, at = gateway) => {
    const token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin', 'application-admin'));
    return call(at, 'POST', path, { token, body, headers });
  };

  it.each(['/hsm/api/v1/keys', '/api/v1/keys'])(
    '%s is served, and the answer names the published path',
    async (path) => {
      const answer = await create(path);
      expect(answer.status, answer.text).toBe(201);
      expect(answer.headers.get('location')).toMatch(/^\/hsm\/api\/v1\/keys\/[0-9a-f-]{36}$/);
    },
  );

  it('an answer that was kept names it once', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const [first, again] = [await create('/api/v1/keys', headers), await create('/hsm/api/v1/keys', headers)];
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('the description and its page name it', async () => {
    const description = await call(gateway, 'GET', '/hsm/api/v1/openapi.json');
    expect(JSON.parse(description.text)).toMatchObject({ servers: [{ url: '/hsm/api/v1' }] });
    const page = await call(gateway, 'GET', '/hsm/docs');
    const paths = [...page.text.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path ?? '');
    expect(paths).toContain('/hsm/api/v1/openapi.json');
    for (const path of paths) expect((await call(gateway, 'GET', path)).status, path).toBe(200);
  });

  it('no header of a client moves it, or names a host', async () => {
    const forged = {
      forwarded: 'for=1.2.3.4;host=evil.test;proto=https',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
    };
    const plain = await rig.gateway();
    const answer = await create('/api/v1/keys', forged, plain);
    expect(answer.headers.get('location')).toMatch(/^\/api\/v1\/keys\//);
    expect(JSON.stringify([...answer.headers])).not.toContain('evil');
  });
});
