import { type AlgorithmName, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import type { DecryptResult, EncryptResult, Key, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { reseal } from '../harness/reseal.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

let rig: Rig;
let tenant: Tenant;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

const create = (body: object): Promise<Reply<Key>> =>
  tenant.admin.send<Key>('POST', '/keys', { body: { label: 'wrapped', custody: 'wrapped', ...body } });
const created = async (body: object): Promise<Key> => {
  const reply = await create(body);
  expect(reply.status, reply.text).toBe(201);
  return reply.body;
};
const post = <Body = unknown>(path: string, body: object): Promise<Reply<Body>> =>
  tenant.admin.send<Body>('POST', path, { body });
const sign = (keyId: string): Promise<Reply<SignResult>> => post('/sign', { keyId, payload: 'AAAA' });
const rowOf = async (id: string, version = 1) => {
  const rows = await rig.query('ankadb_keys', 'SELECT * FROM key_version WHERE key_id = $1 AND version = $2', [
    id,
    version,
  ]);
  return rows[0] as { wrapped_blob: Buffer | null; wrapped_mac: Buffer | null; object_id: Buffer; state: string };
};

const kinds: [AlgorithmName, Purpose][] = [
  ['RSA-2048', 'sign'],
  ['RSA-2048', 'encrypt'],
  ['EC-P384', 'sign'],
  ['EC-P256', 'encrypt'],
  ['AES-128', 'encrypt'],
  ['HMAC-SHA512', 'mac'],
];

describe('a wrapped key', () => {
  it.each(kinds)(
    'of %s serves its purpose (%s), and answers and events name its custody',
    async (algorithm, purpose) => {
      const reply = await create({ algorithm, purpose });
      const { id, custody, algs } = reply.body;
      expect([reply.status, custody, algs]).toEqual([
        201,
        'wrapped',
        [...joseAlgs(algorithm, purpose)].slice(0, algs.length),
      ]);
      const [made] = await eventually('its sealed event', async () => {
        const all = await eventsOf(tenant.admin, { keyId: id, operation: 'key.create' });
        return all.length > 0 && all;
      });
      expect(made?.details).toMatchObject({ custody: 'wrapped' });
      expect((await rowOf(id)).wrapped_blob).not.toBeNull();
      if (purpose === 'encrypt') {
        const sealed = await post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'c2VjcmV0' });
        const opened = await post<DecryptResult>('/decrypt', { jwe: sealed.body.jwe });
        expect(opened.body, opened.text).toMatchObject({ plaintext: 'c2VjcmV0', custody: 'wrapped' });
      } else {
        const signed = await sign(id);
        expect(signed.body, signed.text).toMatchObject({ custody: 'wrapped' });
        expect((await post('/verify', { jws: signed.body.jws })).body).toMatchObject({ valid: true });
        expect((await sealedEvents(tenant.admin, signed.correlationId))[0]?.details).toMatchObject({
          custody: 'wrapped',
        });
      }
    },
  );

  it('is not an object of the token', async () => {
    const before = (await tokenObjects(rig.hsm)).length;
    for (let count = 0; count < 3; count++) await sign((await created({ algorithm: 'EC-P256' })).id);
    const ids = new Set((await tokenObjects(rig.hsm)).map(({ id }) => id));
    const rows = await rig.query('ankadb_keys', `SELECT object_id FROM key_version WHERE custody = 'wrapped'`);
    expect(rows.filter(({ object_id: id }) => ids.has((id as Buffer).toString('hex')))).toEqual([]);
    expect(before).toBeGreaterThan(0);
  });

  it('is refused before anything is created if the token does not wrap its kind', async () => {
    const reply = await create({ algorithm: 'Ed25519' });
    expectProblem(reply, 'algorithm-unavailable');
    expect(reply.text).toContain('does not wrap keys of this kind');
  });

  it('rotates into a wrapped version, and the old version still processes data', async () => {
    const { id } = await created({ algorithm: 'AES-256' });
    const { body: sealed } = await post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'AAAA' });
    expect((await post(`/keys/${id}/rotate`, {})).body).toMatchObject({ version: 2, custody: 'wrapped' });
    expect((await post('/decrypt', { jwe: sealed.jwe })).body).toMatchObject({ version: 1, plaintext: 'AAAA' });
    expect((await post('/encrypt', { keyId: id, plaintext: 'AAAA' })).body).toMatchObject({ version: 2 });
  });

  it('is refused in the same states as a key in the token, and works again when it is resumed', async () => {
    const { id } = await created({ algorithm: 'EC-P256' });
    expect((await sign(id)).status).toBe(200);
    await post(`/keys/${id}/suspend`, {});
    expectProblem(await sign(id), 'key-state');
    await post(`/keys/${id}/resume`, {});
    expect((await sign(id)).status).toBe(200);
    await post(`/keys/${id}/compromise`, {});
    expectProblem(await sign(id), 'key-state');
  });

  it('loses its blob when it is destroyed, and the event records it', async () => {
    const { id } = await created({ algorithm: 'EC-P256' });
    await sign(id);
    const reply = await post(`/keys/${id}/schedule-destroy`, { waitingDays: 0 });
    expect(reply.status, reply.text).toBe(200);
    const gone = await eventually('the end of the key', async () => {
      const row = await rowOf(id);
      return row.state === 'DESTROYED' && row;
    });
    expect(gone).toMatchObject({ wrapped_blob: null, wrapped_mac: null });
    const [event] = await eventually('its sealed event', async () => {
      const all = await eventsOf(tenant.admin, { keyId: id, operation: 'key.destroy' });
      return all.length > 0 && all;
    });
    expect(event?.details).toMatchObject({ custody: 'wrapped', blob: 'deleted' });
    expectProblem(await sign(id), 'key-state');
  });

  it('is refused with the blob of another key, however it got there', async () => {
    const [mine, theirs] = [await created({ algorithm: 'EC-P256' }), await created({ algorithm: 'EC-P256' })];
    const { wrapped_blob: blob, wrapped_mac: mac } = await rowOf(theirs.id);
    await rig.query(
      'ankadb_keys',
      'UPDATE key_version SET wrapped_blob = $2, wrapped_mac = $3, revision = revision + 1 WHERE key_id = $1',
      [mine.id, blob, mac],
    );
    expectProblem(await sign(mine.id), 'record-forged');
    await reseal(rig, 'key_version', `key_id = '${mine.id}'`);
    const reply = await sign(mine.id);
    expectProblem(reply, 'key-blob-refused');
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event).toMatchObject({ outcome: 'failure', failureCode: 'key-blob-refused' });
    expect((await sign(theirs.id)).status).toBe(200);
  });
});
