import { beforeAll, describe, it } from 'vitest';
import type { Client } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { platformClient } from '../harness/tenant.js';

let platform: Client;
beforeAll(async () => {
  platform = await platformClient(await sharedRig());
});

const good = { slug: 'a-tenant-of-bad-input', name: 'A tenant' };

describe('POST /tenants', () => {
  const wrong = [null, 7, -1, [], {}, '', ' ', '\u0000', '\ud800', '../x', 'x'.repeat(70_000)];
  it.each(['slug', 'name'] as const)('refuses a wrong %s', async (field) => {
    for (const value of field === 'name' ? wrong.filter((one) => one !== '../x') : [...wrong, 'A', 'ü', "' OR 1=1 --"])
      expectProblem(await platform.send('POST', '/tenants', { body: { ...good, [field]: value } }), 'request-invalid');
  });

  it('refuses a missing field and an unknown field', async () => {
    for (const body of [{ slug: good.slug }, { name: good.name }, { ...good, id: good.slug }])
      expectProblem(await platform.send('POST', '/tenants', { body }), 'request-invalid');
  });

  it('refuses a partition that there is not', async () => {
    expectProblem(
      await platform.send('POST', '/tenants', { body: { ...good, partition: 'x' } }),
      'partition-not-found',
    );
  });
});
