import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kek, type Key, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outcomeOf } from '../e2e/harness/client.js';
import { type OwnRig, startOwnRig } from '../e2e/harness/rig.js';
import { newTenant } from '../e2e/harness/tenant.js';
import { eventsOf, verification } from '../e2e/harness/trail.js';
import { eventually } from '../e2e/harness/wait.js';
import { nothingLeft } from '../fault/collect-history.js';
import { operate } from './backup-recipe.js';

let rig: OwnRig;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anka-drill-'));
  rig = await startOwnRig({ workers: 1 });
});
afterAll(async () => {
  await rig.stop();
  await rm(directory, { recursive: true, force: true });
});

it('ankadb_keys of before a rotation of the KEK is brought up to date, and the KEK can be rotated again', async () => {
  const tenant = await newTenant(rig);
  const { id } = tenant;
  const token = await rig.mint({
    tenantId: platformTenantId,
    subject: 'operator',
    roles: ['platform-admin', 'auditor'],
  });
  const command = (commands: string): Promise<string> => operate(rig, token, commands);
  const { id: keyId } = await tenant.admin.post<Key>('/keys', {
    label: 'k',
    custody: 'wrapped',
    algorithm: 'EC-P256',
  });
  const sign = async () => outcomeOf(await tenant.admin.send('POST', '/sign', { body: { keyId, payload: 'AAAA' } }));
  const kek = () => tenant.admin.send('GET', `/tenants/${id}/kek`);
  const rotate = async (): Promise<Kek> => {
    const begun = await tenant.admin.post<Kek>(`/tenants/${id}/kek/rotate`, {});
    await eventually('the end of the rotation', async () => ((await kek()).body as Kek).state === 'idle');
    return begun;
  };
  expect(await sign()).toBe('ok');
  await nothingLeft(rig);
  await command(`back_up ankadb_keys ${directory}`);
  expect(await rotate()).toMatchObject({ generation: 2 });
  await nothingLeft(rig);

  await command(`restore ankadb_keys ${directory}`);
  await eventually('refusing what is older', async () => (await sign()) === 'record-outdated');
  expect(await command('restore_tenants')).toContain('"kind":"platform_key","id":"kek/2","outcome":"lost"');
  await eventually('the key in use again', async () => (await sign()) === 'ok');
  expect((await kek()).body).toMatchObject({ generation: 1, state: 'idle' });
  expect([await rotate(), await rotate()]).toMatchObject([{ generation: 2 }, { generation: 3 }]);
  expect(await sign()).toBe('ok');
  await nothingLeft(rig);
  const rotations = await eventsOf(tenant.admin, { operation: 'kek.rotate' });
  expect(rotations.map(({ details }) => [details['generation'], details['recovered']]).toSorted()).toEqual([
    ['2', undefined],
    ['2', 'true'],
    ['3', undefined],
  ]);
  expect(await verification(tenant.admin)).toMatchObject({ valid: true });
});
