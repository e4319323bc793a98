import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids } from '../route/example.js';
import { routes } from '../routes/routes.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { knownAlias } from '../testing/stand-in.js';
import { asTenant, tenantA } from '../testing/token.js';
import { namesKey } from './key-in-path.js';

describe('a key in a path', () => {
  let rig: Rig;
  let gateway: Gateway;
  let token: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin'));
  });
  afterAll(() => rig.stop());

  const send = (route: (typeof routes)[number], name: string) => {
    const url = `/api/v1${route.path.replace('{id}', name).replace('{version}', '1')}`;
    const headers: Record<string, string> = route.conditional === true ? { 'if-match': '"7"' } : {};
    const body = route.takes === 'body' ? JSON.stringify(route.example.request) : undefined;
    return call(gateway, route.method, url, { token, headers, ...(body !== undefined && { body }) });
  };
  const ofKeys = routes.filter(namesKey);

  it('is one for every route below /keys/{id}', () => {
    expect(ofKeys).toEqual(routes.filter(({ path }) => path.startsWith('/keys/{id}')));
    expect(ofKeys.length).toBeGreaterThan(15);
  });

  it.each(ofKeys.map((route) => [route.operationId, route] as const))(
    'can be an alias of it, or its id in upper case: %s',
    async (operationId, route) => {
      for (const name of [knownAlias.name, knownAlias.keyId.toUpperCase(), knownAlias.keyId]) {
        const { status, text } = await send(route, name);
        expect(status, text).toBe(route.status);
        const { body } = (rig.standIns.heard.get(operationId) ?? []).at(-1) ?? { body: '{}' };
        expect((JSON.parse(body) as { id: string }).id).toBe(ids.signingKey);
      }
    },
  );

  it.each(['another-alias', 'no%20name', '-x', 'x'.repeat(129)])('is not found by the name %s', async (name) => {
    const { status, problem } = await call(gateway, 'GET', `/api/v1/keys/${name}`, { token });
    expect([status, problem.code]).toEqual([404, 'key-not-found']);
  });
});
