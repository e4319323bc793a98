import type { Key, KeyUsage, SignResult } from '@ankasecure/contracts';
import { expect, it } from 'vitest';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';

it('the use of each version is counted across all workers', async () => {
  const { admin, createKey } = await newTenant(await sharedRig());
  const { id } = await createKey({ algorithm: 'EC-P256' });
  const usage = async (): Promise<KeyUsage['items']> => (await admin.get<KeyUsage>(`/keys/${id}/usage`)).items;
  expect(await usage()).toEqual([{ version: 1, lastUsedAt: null, operations: [] }]);

  const items = Array.from({ length: 25 }, () => ({ keyId: id, payload: 'AAAA' }));
  const began = Date.now();
  for (let time = 0; time < 4; time++) await admin.post('/sign', { items });
  const { jws = '' } = await admin.post<SignResult>('/sign', items[0]);
  await admin.post('/verify', { jws });
  await admin.post('/verify', { jws: `${jws.slice(0, -8)}AAAAAAAA` });
  await admin.post<Key>(`/keys/${id}/rotate`, {});
  await admin.post('/sign', items[0]);

  const [current, former] = await usage();
  expect(current).toMatchObject({ version: 2, operations: [{ operation: 'sign', count: 1 }] });
  expect(former).toMatchObject({
    version: 1,
    operations: [
      { operation: 'sign', count: 101 },
      { operation: 'verify', count: 1 },
    ],
  });
  expect(Date.parse(current?.lastUsedAt ?? '')).toBeGreaterThan(began - 1000);
});
