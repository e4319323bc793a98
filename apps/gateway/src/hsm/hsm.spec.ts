import { platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { knownPartitions } from '../testing/stand-in.js';
import { asTenant, tenantA } from '../testing/token.js';

const nowhere = ['nope', 'Default', 'second2', 'default.key', '*', '>', 'default ', '..', 'zwölf', 'x'.repeat(64)];
const routes = [
  ['GET', 'capabilities'],
  ['POST', 'selftest'],
] as const;

describe('a partition in the path', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
  });
  afterAll(() => rig.stop());

  const ask = async (method: string, name: string, what: string, tenant = platformTenantId) => {
    const role = tenant === platformTenantId ? 'platform-admin' : 'tenant-admin';
    const token = await rig.issuer.token(asTenant(tenant, role));
    const path = `/api/v1/hsms/${encodeURIComponent(name)}/${what}`;
    return call(gateway, method, path, { token, ...(method === 'POST' && { body: '{}' }) });
  };

  describe.each(routes)('of %s …/%s', (method, what) => {
    it('reaches the workers that serve it', async () => {
      expect((await ask(method, knownPartitions[0], what)).status).toBe(200);
    });

    it.each(nowhere.filter((name) => name.trim() === name && name !== '..'))(
      'is not found if the platform has none of the name %s, and the answer lists those that it has',
      async (name) => {
        const { status, problem } = await ask(method, name, what);
        expect([status, problem.code]).toEqual([404, 'partition-not-found']);
        for (const known of knownPartitions) expect(problem.detail).toContain(known);
      },
    );

    it.each(['default ', ' ', 'a\tb', 'x'.repeat(65)])('is not valid as %j', async (name) => {
      const { status, problem } = await ask(method, name, what);
      expect([status, problem.code]).toEqual([400, 'request-invalid']);
      expect(problem.detail).toContain('partition');
    });

    it('is known without workers, and the answer may pass', async () => {
      const { status, problem } = await ask(method, knownPartitions[1], what);
      expect([status, problem.code]).toEqual([503, 'service-unavailable']);
    });

    it.each([...knownPartitions, 'nope'])('tells a tenant nothing about %s', async (name) => {
      const { status, problem } = await ask(method, name, what, tenantA);
      expect([status, problem.code]).toEqual([403, 'access-denied']);
      for (const known of knownPartitions) expect(problem.detail).not.toContain(known);
    });
  });

  it('is on record when it is not found', async () => {
    await ask('GET', 'on-record', 'capabilities');
    await expect
      .poll(() => rig.standIns.sealed.find(({ details }) => details?.['partition'] === 'on-record'))
      .toMatchObject({ operation: 'hsm.survey', failureCode: 'partition-not-found' });
  });

  it('is not called unknown while nobody says which partitions there are', async () => {
    await rig.standIns.leave('policy');
    for (const [method, what] of routes) {
      expect((await ask(method, knownPartitions[0], what)).status).toBe(200);
      expect((await ask(method, 'nope', what)).problem.code).toBe('service-unavailable');
    }
  });
});
