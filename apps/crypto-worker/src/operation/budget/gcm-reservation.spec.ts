import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeyVersion } from '../../key/key-version.js';
import { startWorkerDatabase, type WorkerDatabase } from '../../testing/worker-database.js';
import { GcmReservation, gcmLimit } from './gcm-reservation.js';

let database: WorkerDatabase;
const key = { tenantId: randomUUID(), keyId: randomUUID(), version: 1 } as KeyVersion;
const reserved = async () => {
  const [row] = await database.superuser.query<{ reserved: string }[]>('SELECT reserved FROM gcm_reservation');
  return Number(row?.reserved);
};

beforeAll(async () => {
  database = await startWorkerDatabase();
  await database.superuser.query(
    `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'k', 'AES-256', 'encrypt', '{dir}', 'x')`,
    [key.tenantId, key.keyId],
  );
  await database.superuser.query(
    `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id)
     VALUES ($1, $2, 1, 'ACTIVE', 'token', 'default', 't', 's', $3)`,
    [key.tenantId, key.keyId, randomBytes(16)],
  );
});
afterAll(() => database.stop());

it('reserves invocations in blocks before they are used, also for two workers at once', async () => {
  const workers = [new GcmReservation(database.dataSource), new GcmReservation(database.dataSource)];
  await Promise.all(workers.flatMap((worker) => Array.from({ length: 100 }, () => worker.take(key))));
  expect(await reserved()).toBe(2 * 65_536);
});

it('refuses after 2^32 invocations of one key', async () => {
  await database.superuser.query('UPDATE gcm_reservation SET reserved = $1', [gcmLimit - 65_536]);
  const worker = new GcmReservation(database.dataSource);
  for (let use = 0; use < 65_536; use++) await worker.take(key);
  await expect(worker.take(key)).rejects.toMatchObject({ code: 'key-exhausted', retryable: false });
  expect(await reserved()).toBe(gcmLimit);
});
