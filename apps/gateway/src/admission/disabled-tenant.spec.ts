import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, type ErrorCode, platformTenantId, readTenant } from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { routes } from '../routes/routes.js';
import { tenantRoutes } from '../tenant/tenant.routes.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';

/** Every change of what the gateway owns that a tenant's own people can make. */
const changes = routes
  .filter(({ contract, method }) => contract.owner === 'gateway' && method !== 'GET')
  .filter(({ roles }) => roles.some((role) => role !== 'platform-admin'))
  .map((route) => [route.operationId, route] as const);

/** What the policy service answers when its database does not say whether the tenant is disabled. */
const failures: readonly ErrorCode[] = [
  'service-unavailable',
  'deadline-exceeded',
  'audit-unavailable',
  'internal-error',
];

let rig: Rig;
let gateway: Gateway;
beforeAll(async () => {
  rig = await startRig();
  gateway = await rig.gateway();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rig.stop());

const answerWith = (answer: () => Promise<object>) => {
  const bus = gateway.app.get(BusClient);
  const { request } = bus;
  vi.spyOn(bus, 'request').mockImplementation((contract, partition, context, body) =>
    (contract as unknown) === readTenant ? answer() : request.call(bus, contract, partition, context, body),
  );
};
const answerOf = async ([, { method, path, roles }]: (typeof changes)[number]): Promise<unknown[]> => {
  const token = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, ...roles) });
  const filled = path.replaceAll(/\{[^}]+\}|:\w+/g, crypto.randomUUID());
  const answer = await call(gateway, method, `/api/v1${filled}`, { token, ...(method !== 'DELETE' && { body: '{}' }) });
  return [answer.status, answer.problem.code];
};

describe('a change of identities', () => {
  it('is refused in a disabled tenant', async () => {
    const example = tenantRoutes.find(({ contract }) => contract === readTenant)?.example.reply;
    answerWith(async () => ({ ...(example as object), state: 'disabled' }));
    for (const change of changes) expect(await answerOf(change), change[0]).toEqual([403, 'tenant-disabled']);
  });

  const cases = changes.flatMap((change) => failures.map((code) => [change[0], code, change] as const));
  it.each(cases)('is refused while nobody says whether the tenant is disabled: %s, %s', async (_, code, change) => {
    answerWith(async () => {
      await delay(1);
      throw new AnkaError(code);
    });
    const [status, told] = await answerOf(change);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(told).not.toBe('request-invalid');
  });

  it('is made in the platform’s own tenant all the same, which is never disabled', async () => {
    answerWith(async () => {
      throw new AnkaError('service-unavailable');
    });
    const token = await rig.issuer.token({ sub: 'admin', ...asTenant(platformTenantId, 'tenant-admin') });
    const body = JSON.stringify({ issuer: rig.issuer.issuer, subject: 'mallory' });
    expect((await call(gateway, 'POST', '/api/v1/exclusions', { token, body })).status).toBe(201);
  });
});
