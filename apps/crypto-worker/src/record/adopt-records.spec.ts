import { randomBytes, randomUUID } from 'node:crypto';
import { monotonicNow } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { RecordOwner, RecordRejections, RecordSeals, withTenant } from '@ankasecure/service-kit';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { newObjectId, ownerOfPlatformKey } from '../custody/object-owner.js';
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
let custody: Custody;
let database: WorkerDatabase;
beforeAll(async () => {
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
});
beforeEach(async () => {
  database = await startWorkerDatabase();
});
afterEach(() => database.stop());
afterAll(async () => {
  await custody.close();
  token.remove();
});

let partitions = 0;
const newName = (): string => `place-${++partitions}`;

/** The parts of a worker that starts, with the strict seals of production. */
const start = async (name: string): Promise<void> => {
  const { dataSource, outbox } = await database.as(name);
  const partition = partitionNamed(name);
  dataSource.subscribers.length = 0;
  const adoption = new Adoption(custody, partition);
  const key = new RecordKey(custody, partition, dataSource, adoption, silent);
  const owner = new RecordOwner('crypto-worker');
  const rejections = new RecordRejections(owner, dataSource, outbox, silent, new Registry());
  const own = new OwnRecords(new RecordMacs(custody, key), partition, adoption);
  new RecordSeals(owner, own, rejections, noHistory(), dataSource);
  await new AdoptRecords(dataSource, partition, key, adoption, outbox).run(silent);
};
/** What a release without seals left in the token. The names of its objects have this partition, whichever the test's is. */
const makeAuditKey = (tenantId: string): Promise<unknown> => {
  const key = { kind: 'audit-mac', tenantId, generation: 1 } as const;
  const objectId = newObjectId(ownerOfPlatformKey(key), partitionNamed('default').naming);
  return custody.generatePlatformKey({ deadline: monotonicNow() + 60_000 }, { ...key, objectId });
};
/** What it left in the database. */
const insertOlder = async (tenantId: string, keyId: string, place: string): Promise<void> => {
  await database.superuser.query(
    `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
     VALUES ($1, 'audit-mac', 1, $2, 't', 's', $3)`,
    [tenantId, place, randomBytes(16)],
  );
  await database.superuser.query('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', [
    tenantId,
    JSON.stringify(initialPolicy),
  ]);
  await insertKey(database.superuser, tenantId, keyId);
};
const adopted = async () => (await database.events()).filter(({ operation }) => operation === 'record.adopt');
const rejected = async () => (await database.events()).filter(({ operation }) => operation === 'record.reject');
const load = async (name: string, tenantId: string): Promise<unknown> =>
  withTenant((await database.as(name)).dataSource, tenantId, (manager) =>
    manager.findOneBy(TenantPolicyRecord, { tenantId }),
  );
const sealedPolicies = async (): Promise<unknown> =>
  (await database.superuser.query<{ count: number }[]>('SELECT count(seal)::int FROM tenant_policy'))[0]?.count;

describe('records of an older release', () => {
  it('are sealed by the first worker that starts on its token, counted and put on record, and on its partition alone', async () => {
    const [tenantId, elsewhere, keyId] = [randomUUID(), randomUUID(), randomUUID()];
    await makeAuditKey(tenantId);
    await insertOlder(tenantId, keyId, 'default');
    await database.superuser.query(
      `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
       VALUES ($1, 'audit-mac', 1, 'bank', 't', 's', $2)`,
      [elsewhere, randomBytes(16)],
    );
    await Promise.all([start('default'), start('default')]);
    expect(await load('default', tenantId)).toMatchObject({ tenantId });
    const { dataSource } = await database.as('default');
    const versions = withTenant(dataSource, tenantId, (manager) => manager.findBy(KeyVersionRecord, { keyId }));
    expect(await versions).toMatchObject([{ keyId, state: 'ACTIVE' }]);
    expect(await adopted()).toMatchObject([
      {
        tenantId,
        userId: 'crypto-worker',
        outcome: 'success',
        details: { key: '1', key_version: '1', platform_key: '1', tenant_policy: '1' },
      },
    ]);
    expect(await database.superuser.query('SELECT seal FROM platform_key WHERE tenant_id = $1', [elsewhere])).toEqual([
      { seal: null },
    ]);
  });
});

/** What whoever owns the database does with the record of a tenant, before a worker starts. */
const tricks: Readonly<Record<string, (tenantId: string, name: string) => Promise<unknown>>> = {
  'a row is inserted without a seal': async () => undefined,
  'a seal is removed': () => database.superuser.query('UPDATE tenant_policy SET seal = NULL, record_revision = NULL'),
  'the list of tenants is replaced': (tenantId) =>
    database.superuser.query(`CREATE OR REPLACE FUNCTION record_tenants(on_partition text)
      RETURNS TABLE (tenant_id uuid, sealed boolean) LANGUAGE sql STABLE SECURITY DEFINER
      SET search_path = public, pg_temp AS $$ SELECT '${tenantId}'::uuid, false $$`),
};

/** What has happened to a token. @returns the partition whose worker starts next */
const pasts: Readonly<Record<string, () => Promise<string>>> = {
  'no mark yet': async () => newName(),
  'the mark': async () => {
    const name = newName();
    await start(name);
    return name;
  },
  'no mark yet, unlike that of another partition': async () => {
    await start(newName());
    return newName();
  },
};

describe.each(Object.keys(pasts))('on a token that has %s', (past) => {
  it.each(Object.keys(tricks))('no record of a worker is ever sealed when %s', async (trick) => {
    const name = await (pasts[past] as () => Promise<string>)();
    const tenantId = randomUUID();
    await insertOlder(tenantId, randomUUID(), name);
    if (trick === 'a seal is removed') await database.superuser.query(`UPDATE tenant_policy SET seal = '\\x00'`);
    await tricks[trick]?.(tenantId, name);
    await start(name);
    await start(name);
    expect(await sealedPolicies()).toBe(0);
    await expect(load(name, tenantId)).rejects.toMatchObject({ code: 'record-forged' });
    await expect.poll(rejected).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          tenantId,
          details: expect.objectContaining({ reason: 'missing-seal' }) as unknown,
        }),
      ]),
    );
    expect(await adopted()).toEqual([]);
  });
});
