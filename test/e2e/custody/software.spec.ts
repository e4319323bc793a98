import type { Key, Policy, SignResult } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

interface Availability {
  readonly algorithm: string;
  readonly available: boolean;
  readonly software: boolean;
}

describe('a key in software', () => {
  let rig: OwnRig;
  let tenant: Tenant;
  beforeAll(async () => {
    const configuration = { hsm: { pkcs11: { 'excluded-mechanisms': ['EDDSA'] } } };
    rig = await startOwnRig({ services: { 'crypto-worker': { configuration } } });
    tenant = await newTenant(rig);
  });
  afterAll(() => rig.stop());

  const create = (body: object): Promise<Reply<Key>> =>
    tenant.admin.send<Key>('POST', '/keys', { body: { label: 'soft', ...body } });
  const soft = { algorithm: 'Ed25519', custody: 'software' };
  const created = async (): Promise<Key> => {
    const reply = await create(soft);
    expect(reply.status, reply.text).toBe(201);
    return reply.body;
  };
  const sign = (keyId: string): Promise<Reply<SignResult>> =>
    tenant.admin.send<SignResult>('POST', '/sign', { body: { keyId, payload: 'AAAA' } });
  const row = async (keyId: string) => {
    const sql = 'SELECT state, sealed_key, wrapped_blob FROM key_version WHERE key_id = $1';
    return (await rig.query('ankadb_keys', sql, [keyId]))[0];
  };
  const offered = async (algorithm: string): Promise<Availability | undefined> =>
    (await tenant.admin.get<{ items: Availability[] }>('/algorithms')).items.find((one) => one.algorithm === algorithm);
  const allow = (custody: NonNullable<Policy['custody']>): Promise<Policy> => tenant.changePolicy({ custody });

  it('is created only on request, if the token lacks the mechanism and the policy allows it', async () => {
    expect(await offered('Ed25519')).toMatchObject({ available: false, software: false });
    expectProblem(await create(soft), 'policy-refused');
    await allow(['token', 'wrapped', 'software']);
    expect(await offered('Ed25519')).toMatchObject({ available: false, software: true });
    expect(await offered('EC-P256')).toMatchObject({ available: true, software: false });
    const refused = await create({ ...soft, algorithm: 'EC-P256' });
    expectProblem(refused, 'algorithm-unavailable');
    expect(refused.text).toContain('only for algorithms that the token does not support');
    expectProblem(await create({ algorithm: 'Ed25519' }), 'algorithm-unavailable');
    expectProblem(await create({ algorithm: 'Ed25519', custody: 'wrapped' }), 'algorithm-unavailable');
  });

  it('signs on every worker, verifies and rotates; answers and events name its custody', async () => {
    const key = await created();
    expect(key).toMatchObject({ custody: 'software', fips: { approved: false }, algs: ['EdDSA'] });
    const made = await eventually('its sealed event', async () => {
      const all = await eventsOf(tenant.admin, { keyId: key.id, operation: 'key.create' });
      return all.length > 0 && all;
    });
    expect(made[0]?.details).toMatchObject({ custody: 'software' });
    for (let time = 0; time < 8; time++) {
      const { body, correlationId } = await sign(key.id);
      expect(body).toMatchObject({ custody: 'software' });
      const verdict = await tenant.admin.post('/verify', { jws: body.jws });
      expect(verdict).toMatchObject({ valid: true, custody: 'software' });
      if (time === 0)
        expect((await sealedEvents(tenant.admin, correlationId))[0]?.details).toMatchObject({ custody: 'software' });
    }
    expect(await tenant.admin.post(`/keys/${key.id}/rotate`, {})).toMatchObject({ version: 2, custody: 'software' });
    expect((await sign(key.id)).body).toMatchObject({ version: 2, custody: 'software' });
  });

  it('is sealed at rest, and works under the next KEK', async () => {
    const { id } = await created();
    const before = await row(id);
    expect(before?.['sealed_key']).toBeInstanceOf(Buffer);
    const { body } = await sign(id);
    await tenant.admin.post(`/tenants/${tenant.id}/kek/rotate`, {});
    await eventually('the end of the rotation', async () => {
      const { state } = await tenant.admin.get<{ state: string }>(`/tenants/${tenant.id}/kek`);
      return state === 'idle';
    });
    const after = await row(id);
    expect(after?.['sealed_key']).toEqual(before?.['sealed_key']);
    expect(after?.['wrapped_blob']).not.toEqual(before?.['wrapped_blob']);
    expect((await sign(id)).body.jws).toBe(body.jws);
  });

  it('is refused by FIPS-only at its next use and by its state, and is deleted when it is destroyed', async () => {
    const { id } = await created();
    expect((await sign(id)).status).toBe(200);
    await tenant.changePolicy({ fipsOnly: true });
    expectProblem(await sign(id), 'policy-refused');
    expectProblem(await create(soft), 'policy-refused');
    await tenant.changePolicy({ fipsOnly: false });
    await allow(['token', 'wrapped']);
    expectProblem(await sign(id), 'policy-refused');
    expectProblem(await tenant.admin.send('POST', `/keys/${id}/rotate`, { body: {} }), 'policy-refused');
    await allow(['token', 'wrapped', 'software']);
    await tenant.admin.post(`/keys/${id}/suspend`, {});
    expectProblem(await sign(id), 'key-state');
    await tenant.admin.post(`/keys/${id}/resume`, {});
    expect((await sign(id)).status).toBe(200);
    await tenant.admin.post(`/keys/${id}/schedule-destroy`, { waitingDays: 0 });
    await eventually('the end of the key', async () => (await row(id))?.['state'] === 'DESTROYED');
    expect(await row(id)).toMatchObject({ sealed_key: null, wrapped_blob: null });
    expectProblem(await sign(id), 'key-state');
    const [event] = await eventually('its sealed end', async () => {
      const all = await eventsOf(tenant.admin, { keyId: id, operation: 'key.destroy' });
      return all.length > 0 && all;
    });
    expect(event?.details).toMatchObject({ custody: 'software', blob: 'deleted' });
  });
});
