import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Custody, CustodyKind } from '../custody/custody.js';
import type { KeyStore } from '../key/key-store.js';
import { partitionNamed, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { ForgetUnwrapped } from './forget-unwrapped.js';

describe('unwrapped keys in lanes', () => {
  let database: WorkerDatabase;
  const started: ForgetUnwrapped[] = [];
  beforeAll(async () => {
    database = await startWorkerDatabase();
  });
  afterEach(async () => {
    for (const one of started.splice(0)) await one.stop();
  });
  afterAll(() => database.stop());

  const worker = async (partition: string) => {
    const forgotten: string[] = [];
    const custody: Pick<Custody, 'forgetUnwrapped'> = {
      forgetUnwrapped: (ids: readonly Uint8Array[] | 'all') =>
        void forgotten.push(...(ids === 'all' ? ['all'] : ids.map((id) => Buffer.from(id).toString('hex')))),
    };
    const keys: Pick<KeyStore, 'forget' | 'forgetAll'> = {
      forget: (_: string, keyId: string) => void forgotten.push(keyId),
      forgetAll: () => void forgotten.push('all copies'),
    };
    const listener = new ForgetUnwrapped(
      database.config,
      partitionNamed(partition),
      custody as Custody,
      keys as KeyStore,
      silent,
    );
    started.push(listener);
    await listener.start();
    expect(forgotten.splice(0)).toEqual(['all copies', 'all']);
    return forgotten;
  };
  const key = async (custody: CustodyKind) => {
    const [tenantId, keyId, objectId] = [randomUUID(), randomUUID(), randomBytes(16)];
    await database.superuser.query(
      `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by)
       VALUES ($1, $2, 'k', 'AES-256', 'encrypt', '{dir}', 't')`,
      [tenantId, keyId],
    );
    const wrapped = custody === 'token' ? [null, null, null] : ['b', randomBytes(32), 1];
    const sealed = custody === 'software' ? 's' : null;
    await database.superuser.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id, wrapped_blob, wrapped_mac, kek_generation, sealed_key)
       VALUES ($1, $2, 1, 'ACTIVE', $3, 'here', 't', 's', $4, $5, $6, $7, $8)`,
      [tenantId, keyId, custody, objectId, ...wrapped, sealed],
    );
    const set = (change: string) =>
      database.superuser.query(`UPDATE key_version SET ${change}, revision = revision + 1 WHERE key_id = $1`, [keyId]);
    return { keyId, objectId: objectId.toString('hex'), set };
  };

  const changes = [
    ['suspended', `state = 'SUSPENDED'`],
    ['compromised', `state = 'COMPROMISED'`],
    ['scheduled for destruction', `state = 'DESTROY_SCHEDULED'`],
    ['rewrapped', `wrapped_blob = 'c', kek_generation = 2`],
    [
      'destroyed',
      `state = 'DESTROYED', wrapped_blob = NULL, wrapped_mac = NULL, kek_generation = NULL, sealed_key = NULL`,
    ],
  ] as const;
  const kinds = ['wrapped', 'software'] as const;
  const all = kinds.flatMap((custody) => changes.map(([name, change]) => [custody, name, change] as const));

  it.each(all)(
    'are wiped in every worker of the partition when a key in custody %s is %s',
    async (custody, _, change) => {
      const [one, other, elsewhere] = [await worker('here'), await worker('here'), await worker('there')];
      const { keyId, objectId, set } = await key(custody);
      await set(change);
      for (const forgotten of [one, other]) await expect.poll(() => forgotten).toEqual([keyId, objectId]);
      await expect.poll(() => elsewhere).toEqual([keyId]);
    },
  );

  it('stay when a key is resumed, and are not affected by keys of the token', async () => {
    const forgotten = await worker('here');
    const [wrapped, token] = [await key('wrapped'), await key('token')];
    await token.set(`state = 'SUSPENDED'`);
    await wrapped.set(`state = 'SUSPENDED'`);
    await wrapped.set(`state = 'ACTIVE'`);
    await wrapped.set(`state = 'COMPROMISED'`);
    const told = [wrapped.keyId, wrapped.objectId];
    await expect.poll(() => forgotten).toEqual([...told, ...told]);
  });

  it('are wiped in every worker when a version is replaced and keeps its revision, whatever its custody', async () => {
    const [one, other] = [await worker('here'), await worker('there')];
    const { keyId } = await key('token');
    await database.superuser.query(`UPDATE key_version SET state = 'DEACTIVATED' WHERE key_id = $1`, [keyId]);
    for (const forgotten of [one, other]) await expect.poll(() => forgotten).toContain(keyId);
  });

  it('are all wiped after notifications may have been lost, and later notifications are received', async () => {
    const forgotten = await worker('here');
    await database.superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ankasecure-unwrapped'`,
    );
    await expect.poll(() => forgotten.splice(0)).toContain('all');
    await expect.poll(() => forgotten.includes('all')).toBe(true);
    const { objectId, set } = await key('wrapped');
    await set(`state = 'SUSPENDED'`);
    await expect.poll(() => forgotten).toContain(objectId);
  });
});
