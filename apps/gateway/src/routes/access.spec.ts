import { platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../auth/role.js';
import { examplePath } from '../route/example.js';
import { basePath, type Route } from '../route/route.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';
import { routes } from './routes.js';

const pathOf = (route: Route): string => `${basePath}${examplePath(route.path)}`;
const guarded = routes.filter((route) => route.public === undefined);
const byName = (operationId: string): Route => routes.find((route) => route.operationId === operationId) as Route;

describe('access', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
  });
  afterAll(() => rig.stop());

  const attempt = (route: Route, token: string | undefined, query = '') =>
    call(gateway, route.method, `${pathOf(route)}${query}`, {
      token,
      ...(route.takes === 'body' && { body: JSON.stringify(route.example.request) }),
      ...(route.conditional && { headers: { 'if-match': '"7"' } }),
    });
  const heard = (route: Route): number => rig.standIns.heard.get(route.operationId)?.length ?? 0;

  const matrix = guarded.flatMap((route) =>
    roles.map((role) => [route.operationId, role, route.roles.includes(role)] as const),
  );

  it.each(matrix)('to %s as %s: %s', async (operationId, role, allowed) => {
    const route = byName(operationId);
    const before = heard(route);
    const tenant = role === 'platform-admin' ? platformTenantId : tenantA;
    const answer = await attempt(route, await rig.issuer.token({ sub: `a ${role}`, ...asTenant(tenant, role) }));
    if (!allowed) expect([answer.status, answer.problem.code]).toEqual([403, 'access-denied']);
    // The gateway answers its own routes itself. The id in the request may not exist.
    else if (route.contract.owner === 'gateway') return expect([route.status, 404]).toContain(answer.status);
    else expect(answer.status).toBe(route.status);
    expect(heard(route) - before).toBe(allowed ? 1 : 0);
    if (allowed) expect(answer.text).toBe(JSON.stringify(route.example.reply));
  });

  it('to public keys needs no token, and everything else does', async () => {
    const open = routes.filter((route) => route.public);
    expect(open.map(({ operationId }) => operationId)).toEqual(['getKeySet']);
    for (const route of open) {
      const answer = await attempt(route, undefined);
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(route.example.reply)]);
    }
  });

  it.each(guarded.map((route) => [route.operationId]))('to %s without a token is refused', async (operationId) => {
    expect((await attempt(byName(operationId), undefined)).status).toBe(401);
  });

  it.each(guarded.map((route) => [route.operationId]))('to %s without a role is refused', async (operationId) => {
    const answer = await attempt(byName(operationId), await rig.issuer.token({ roles: [] }));
    expect([answer.status, answer.problem.code]).toEqual([403, 'access-denied']);
  });

  const untried = guarded.filter(({ dryRun }) => dryRun !== true);
  it.each(untried.map((route) => [route.operationId]))(
    'to %s as a dry run is refused, because the route has none',
    async (operationId) => {
      const route = byName(operationId);
      const [role = 'user'] = route.roles;
      const tenant = role === 'platform-admin' ? platformTenantId : tenantA;
      const answer = await attempt(route, await rig.issuer.token(asTenant(tenant, role)), '?dryRun=true');
      expect([answer.status, answer.problem.code]).toEqual([400, 'request-invalid']);
    },
  );

  it('is refused to a platform administrator outside the platform’s own tenant', async () => {
    const answer = await attempt(byName('createTenant'), await rig.issuer.token(asTenant(tenantA, 'platform-admin')));
    expect([answer.status, answer.problem.code]).toEqual([403, 'access-denied']);
  });

  it('is recorded when it is denied, before the answer', async () => {
    const correlationId = crypto.randomUUID();
    const answer = await call(gateway, 'GET', '/api/v1/audit/events', {
      token: await rig.issuer.token({ sub: 'curious' }),
      headers: { 'x-correlation-id': correlationId },
    });
    expect(answer.status).toBe(403);
    const waiting = await rig.postgres.query('ankadb_gateway', 'SELECT events FROM outbox');
    const sealed = rig.standIns.sealed.filter((event) => event.correlationId === correlationId);
    expect(JSON.stringify(waiting) + JSON.stringify(sealed)).toContain(correlationId);
    await expect
      .poll(() => rig.standIns.sealed.find((event) => event.correlationId === correlationId))
      .toMatchObject({
        tenantId: tenantA,
        userId: 'curious',
        operation: 'access.denied',
        outcome: 'failure',
        failureCode: 'access-denied',
        details: { operationId: 'queryEvents', userIssuer: rig.issuer.issuer },
      });
  });
});

describe('dry runs', () => {
  /** Routes that change nothing, or leave nothing of what they make, need no dry run. */
  const harmless = ['verifyTrail', 'evaluatePolicy', 'evaluatePolicyChange', 'testHsm', 'testConnector'];
  it('are offered by every route that changes something', () => {
    const doing = routes.filter(({ method, operationId }) => method !== 'GET' && !harmless.includes(operationId));
    expect(doing.filter(({ dryRun }) => dryRun !== true).map(({ operationId }) => operationId)).toEqual([]);
  });
});
