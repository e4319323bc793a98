import type { Key, KeyGrants, SignResult } from '@ankasecure/contracts';
import { beforeAll, expect, it } from 'vitest';
import { type Application, newApplication } from '../harness/application.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

let rig: Rig;
let tenant: Tenant;
let signing: Key;
let application: Application;

beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
  signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  application = await newApplication(rig, tenant, ['user']);
});

const body = () => ({ keyId: signing.id, payload: 'AAAA' });

it('an application gets in with the least right it needs, and is excluded at once', async () => {
  const client = await application.client();
  expectProblem(await client.send('POST', '/sign', { body: body() }), 'key-access-denied');
  const grants = await tenant.admin.send<KeyGrants>('GET', `/keys/${signing.id}/grants`);
  await tenant.admin.put(
    `/keys/${signing.id}/grants`,
    { grants: [{ kind: 'subject', grantee: application.id, rights: ['use:sign'] }] },
    { 'if-match': grants.headers.get('etag') ?? '' },
  );
  const signed = await client.send<SignResult>('POST', '/sign', { body: body() });
  expect(signed.body.keyId).toBe(signing.id);
  const [event] = await sealedEvents(tenant.admin, signed.correlationId);
  expect(event).toMatchObject({ operation: 'sign', userId: application.id, details: { userIssuer: rig.baseUrl } });
  expectProblem(await client.send('GET', '/audit/events'), 'access-denied');
  await tenant.admin.send('DELETE', `/service-accounts/${application.id}`);
  expectProblem(await client.send('POST', '/sign', { body: body() }), 'authentication-required');
  expect((await application.askToken()).status).toBe(401);
});

it('has its tokens signed in the HSM by a key of its tenant, and each signature is recorded', async () => {
  const [first, second] = [await newApplication(rig, tenant, ['user']), await newApplication(rig, tenant, ['user'])];
  for (const each of [first, second]) expect((await each.askToken()).status).toBe(200);
  const rows = await rig.query(
    'ankadb_keys',
    `SELECT kind, generation FROM platform_key WHERE tenant_id = $1 AND kind = 'token-signing'`,
    [tenant.id],
  );
  expect(rows).toEqual([{ kind: 'token-signing', generation: 1 }]);
  const events = await eventually('the sealed events', async () => {
    const all = await eventsOf(tenant.admin);
    const issued = all.filter(({ operation, userId }) => operation === 'token.issue' && userId === second.id);
    return issued.length === 1 && all;
  });
  expect(events.filter(({ operation }) => operation === 'token-signing.create')).toHaveLength(1);
});
