import { afterAll, beforeAll, expect, it } from 'vitest';
import { outcomeOf } from '../harness/client.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';

let rig: OwnRig;
beforeAll(async () => {
  rig = await startOwnRig({ workers: 2 });
});
afterAll(() => rig.stop());

/** Enough requests for both workers to get some. */
const some = 20;

it('An old copy of a key does not outlive its revocation for long, even if the database’s owner has replaced the fence', async () => {
  const tenant = await newTenant(rig);
  const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256' });
  const outcomes = () =>
    Promise.all(
      Array.from({ length: some }, async () =>
        outcomeOf(await tenant.admin.send('POST', '/sign', { body: { keyId, payload: 'AAAA' } })),
      ),
    );
  expect(new Set(await outcomes())).toEqual(new Set(['ok']));
  const [fence] = await rig.query(
    'ankadb_keys',
    `SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE proname = 'commit_outcomes' AND prosecdef`,
  );
  const honest = String(fence?.['text']);
  const dishonest = honest.replaceAll(/(revisions\[1\]|o\.revisions) = \(\s*SELECT/g, '0 <> (SELECT');
  expect(dishonest).not.toBe(honest);
  await rig.query('ankadb_keys', dishonest);
  await tenant.admin.post(`/keys/${keyId}/compromise`, {});
  // Workers hear of it from each other, and compare what they remember with the trail each minute.
  for (const outcome of await outcomes()) expect(['ok', 'key-state']).toContain(outcome);
  const isOver = async () => (await outcomes()).every((outcome) => outcome === 'key-state');
  await eventually('the end of the old copy', isOver);
});
