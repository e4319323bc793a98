import type { AlgorithmName } from '@ankasecure/algorithm';
import type { EncryptResult, Key, RotationPolicy } from '@ankasecure/contracts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client, Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { reseal } from '../harness/reseal.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

const day = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString();

describe('the policy, during the life of a key,', () => {
  let rig: Rig;
  let tenant: Tenant;
  let client: Client;
  beforeAll(async () => {
    rig = await sharedRig();
  });
  beforeEach(async () => {
    tenant = await newTenant(rig);
    client = tenant.admin;
  });
  const create = (more: object, algorithm: AlgorithmName = 'AES-256'): Promise<Reply<Key>> =>
    client.send<Key>('POST', '/keys', { body: { algorithm, label: 'governed', ...more } });
  const edit = ({ id, revision }: Key, metadata: object): Promise<Reply<Key>> =>
    client.send<Key>('PATCH', `/keys/${id}`, { body: { metadata }, headers: { 'if-match': `"${revision}"` } });
  const plan = (id: string, body: object): Promise<Reply<RotationPolicy>> =>
    client.send<RotationPolicy>('PUT', `/keys/${id}/rotation-policy`, { body });
  const expectRefused = async (reply: Reply, rule: string): Promise<void> => {
    expectProblem(reply, 'policy-refused');
    expect((reply.body as { detail: string }).detail).toContain(rule);
  };

  it('requires its labels on new keys, and does not let them be removed', async () => {
    const before = await create({});
    await tenant.changePolicy({ requiredLabels: ['owner', 'system'] });
    await expectRefused(await create({ metadata: { owner: 'payments' } }), 'system');
    const metadata = { owner: 'payments', system: 'erp', more: 'of our own' };
    const made = await create({ metadata, description: 'wraps invoices' });
    expect(made.body, made.text).toMatchObject({ metadata, description: 'wraps invoices' });
    const stripped = await edit(made.body, { owner: 'payments' });
    await expectRefused(stripped, 'system');
    expect((await sealedEvents(client, stripped.correlationId))[0]).toMatchObject({
      operation: 'key.edit',
      failureCode: 'policy-refused',
    });
    const changed = await edit(made.body, { owner: 'treasury', system: 'erp' });
    expect(changed.body.metadata, changed.text).toEqual({ owner: 'treasury', system: 'erp' });
    // A label that an old key never had is not required, neither by an edit nor by a rotation.
    expect((await edit(before.body, { more: 'x' })).status).toBe(200);
    expect((await client.send<Key>('POST', `/keys/${before.body.id}/rotate`, { body: {} })).body.version).toBe(2);
  });

  it('refuses a key with too long a lifetime, and requires no date', async () => {
    await tenant.changePolicy({ maxKeyLifeDays: 30 });
    await expectRefused(await create({ deactivateAt: inDays(31) }), 'the request asks for 31');
    expect((await create({ deactivateAt: inDays(30) })).status).toBe(201);
    const { body: undated } = await create({});
    expect(undated.deactivateAt).toBeNull();
    const older = {
      use: 'protect',
      keyId: undated.id,
      at: new Date(Date.parse(undated.createdAt) + 30 * day).toISOString(),
    };
    expect(await client.post('/policy/evaluate', older)).toMatchObject({ allow: false, rule: 'maxKeyLifeDays' });
    expect(await client.post('/policy/evaluate', { ...older, use: 'process' })).toMatchObject({ allow: true });
  });

  it('refuses a new version of a key that is too old', async () => {
    const { body: key } = await create({});
    const { jwe } = await client.post<EncryptResult>('/encrypt', { keyId: key.id, plaintext: 'AAAA' });
    await rig.query('ankadb_keys', `UPDATE key SET created_at = created_at - interval '31 days' WHERE id = $1`, [
      key.id,
    ]);
    await tenant.changePolicy({ maxKeyLifeDays: 30 });
    await rig.query('ankadb_keys', 'UPDATE key_version SET revision = revision + 1 WHERE key_id = $1', [key.id]);
    await reseal(rig, 'key', `id = '${key.id}'`);
    await reseal(rig, 'key_version', `key_id = '${key.id}'`);
    const refused = await client.send('POST', `/keys/${key.id}/rotate`, { body: {} });
    await expectRefused(refused, 'older than 30 days: create a new one');
    await expectRefused(await plan(key.id, { interval: 'P1D' }), 'older than 30 days');
    await expectRefused(await client.send('POST', '/encrypt', { body: { keyId: key.id, plaintext: 'AAAA' } }), 'older');
    expect(await client.post('/decrypt', { jwe })).toMatchObject({ plaintext: 'AAAA' });
  });

  it('refuses a rotation plan that is too late or too rare, and records every refusal', async () => {
    await tenant.changePolicy({ maxRotationIntervalDays: 30 });
    const { body: key } = await create({});
    const often = 'at least every 30 days';
    for (const body of [{ interval: 'P31D' }, { interval: 'P1D', at: inDays(31) }]) {
      const refused = await plan(key.id, body);
      await expectRefused(refused, often);
      expect((await sealedEvents(client, refused.correlationId))[0]).toMatchObject({
        operation: 'key.rotation-policy.put',
        keyId: key.id,
        outcome: 'failure',
        failureCode: 'policy-refused',
        details: { interval: body.interval },
      });
    }
    const tried = await client.send('PUT', `/keys/${key.id}/rotation-policy?dryRun=true`, {
      body: { interval: 'P31D' },
    });
    expect(tried.body).toMatchObject({ succeeds: false, error: { code: 'policy-refused' } });
    expect((await plan(key.id, { interval: 'P30D' })).body).toMatchObject({ interval: 'P30D' });
    expect((await plan(key.id, { maxUses: 10 })).body).toMatchObject({ interval: null, maxUses: 10 });
    const nothing = await plan(key.id, {});
    expectProblem(nothing, 'request-invalid');
    expect((await sealedEvents(client, nothing.correlationId))[0]).toMatchObject({ failureCode: 'request-invalid' });
  });

  it('limits the custody of keys when they are created, used and rotated', async () => {
    const { body: key } = await create({});
    await tenant.changePolicy({ custody: ['wrapped'] });
    await expectRefused(await create({}), 'custody token');
    await expectRefused(await client.send('POST', `/keys/${key.id}/rotate`, { body: {} }), 'custody token');
    await expectRefused(
      await client.send('POST', '/encrypt', { body: { keyId: key.id, plaintext: 'AAAA' } }),
      'custody token',
    );
  });

  it('warns about a rotation as about a creation', async () => {
    const { body: key } = await create({}, 'EC-P256');
    await tenant.changePolicy({
      sunsets: [{ algorithm: 'EC-P256', warnFrom: '2026-01-01T00:00:00Z', protectUntil: '2100-01-01T00:00:00Z' }],
    });
    const { body, headers } = await client.send<Key>('POST', `/keys/${key.id}/rotate`, { body: {} });
    expect(body.warnings).toMatchObject([{ code: 'algorithm-sunset', sunset: '2100-01-01T00:00:00Z' }]);
    expect([headers.get('deprecation'), headers.get('sunset')]).toEqual([
      `@${Date.parse('2026-01-01T00:00:00Z') / 1000}`,
      'Fri, 01 Jan 2100 00:00:00 GMT',
    ]);
  });
});
