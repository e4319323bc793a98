import { randomBytes, randomUUID } from 'node:crypto';
import { initialPolicy } from '@ankasecure/policy-rules';
import { RecordOwner, RecordRejections, RecordSeals, withTenant } from '@ankasecure/service-kit';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { noHistory } from '../testing/test-seals.js';
import {
  insertKey,
  partitionNamed,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { AdoptRecords } from './adopt-records.js';
import { Adoption } from './adoption.js';
import { OwnRecords } from './own-records.js';
import { RecordKey } from './record-key.js';
import { RecordMacs } from './record-macs.js';

const token = enterToken();
const partition = partitionNamed('default');
const [tenantId, elsewhere] = [randomUUID(), randomUUID()];
const keyId = randomUUID();
let custody: Custody;
let database: WorkerDatabase;

/** The parts of a worker that starts, with the strict seals of production. */
const start = async (): Promise<void> => {
  const { dataSource, outbox } = database;
  dataSource.subscribers.length = 0;
  const key = new RecordKey(custody, partition, dataSource, silent);
  const rejections = new RecordRejections(new RecordOwner('crypto-worker'), dataSource, outbox, silent, new Registry());
  new RecordSeals(
    new RecordOwner('crypto-worker'),
    new OwnRecords(new RecordMacs(custody, key), partition),
    rejections,
    noHistory(),
    dataSource,
  );
  const adoption = new Adoption(custody, partition, key);
  await new AdoptRecords(dataSource, partition, adoption, outbox).run(silent);
};
const load = (): Promise<KeyVersionRecord[]> =>
  withTenant(database.dataSource, tenantId, (manager) => manager.findBy(KeyVersionRecord, { keyId }));
const adopted = async () => (await database.events()).filter(({ operation }) => operation === 'record.adopt');

beforeAll(async () => {
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
  database = await startWorkerDatabase();
  for (const [tenant, place] of [
    [tenantId, 'default'],
    [elsewhere, 'bank'],
  ])
    await database.superuser.query(
      `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
       VALUES ($1, 'audit-mac', 1, $2, 't', 's', $3)`,
      [tenant, place, randomBytes(16)],
    );
  await database.superuser.query('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', [
    tenantId,
    JSON.stringify(initialPolicy),
  ]);
  await insertKey(database.superuser, tenantId, keyId);
  await start();
});
afterAll(async () => {
  await database.stop();
  await custody.close();
  token.remove();
});

describe('records of an older release', () => {
  it('are sealed at the first start, counted and put on record', async () => {
    expect(await load()).toMatchObject([{ keyId, state: 'ACTIVE' }]);
    const [event, ...more] = await adopted();
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      tenantId,
      userId: 'crypto-worker',
      outcome: 'success',
      details: { key: '1', key_version: '1', platform_key: '1', tenant_policy: '1' },
    });
  });

  it('are left alone on another partition', async () => {
    const [row] = await database.superuser.query<{ seal: Buffer | null }[]>(
      'SELECT seal FROM platform_key WHERE tenant_id = $1',
      [elsewhere],
    );
    expect(row).toEqual({ seal: null });
  });

  it('are never sealed again: a removed seal is refused, however often workers start', async () => {
    await database.superuser.query('UPDATE tenant_policy SET seal = NULL, revision = 7');
    await start();
    await start();
    const read = withTenant(database.dataSource, tenantId, (manager) =>
      manager.findOneBy(TenantPolicyRecord, { tenantId }),
    );
    await expect(read).rejects.toMatchObject({ code: 'record-forged' });
    expect(await adopted()).toHaveLength(1);
  });
});
