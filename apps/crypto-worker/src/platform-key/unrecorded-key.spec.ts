import { randomUUID } from 'node:crypto';
import { enterSoftHsmToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../custody/custody.conformance.js';
import { openPkcs11Custody, type Pkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { Lease } from '../lease/lease.js';
import { objectMakerOn } from '../testing/object-maker.js';
import {
  contextOf,
  partitionNamed,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { PlatformKeys } from './platform-key.js';
import { UnrecordedKeys } from './unrecorded-key.js';

const token = enterSoftHsmToken();

describe('a platform key that the token holds and no record names', () => {
  const log = listeningLogger();
  let database: WorkerDatabase;
  let custody: Pkcs11Custody;
  let lease: Lease;
  let tenantId: string;

  beforeAll(async () => {
    Object.assign(process.env, token.env);
    custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
    database = await startWorkerDatabase();
    lease = new Lease(database.config, silent);
  });
  afterAll(async () => {
    await lease.release();
    await custody.close();
    await database.stop();
    token.remove();
  });
  beforeEach(() => {
    tenantId = randomUUID();
  });

  const platformKeys = (): PlatformKeys => {
    const { dataSource } = database;
    const partition = partitionNamed('default');
    const maker = objectMakerOn(database, custody, lease);
    const unrecorded = new UnrecordedKeys(dataSource, custody, log as unknown as typeof silent);
    return new PlatformKeys(dataSource, custody, maker, partition, unrecorded);
  };
  const lose = (condition: string): Promise<unknown> =>
    database.superuser.query(`DELETE FROM platform_key WHERE tenant_id = $1 AND ${condition}`, [tenantId]);
  const objects = async (kind: 'audit-mac' | 'kek'): Promise<number> =>
    (await custody.platformObjects(contextOf(tenantId), kind, tenantId)).length;

  it('stops the making of another one, and says so', async () => {
    await platformKeys().provision(contextOf(tenantId));
    await lose('true');
    const told = log.lines.length;
    expect(await codeOf(platformKeys().provision(contextOf(tenantId)))).toBe('platform-key-unrecorded');
    expect(await objects('audit-mac')).toBe(1);
    expect(log.lines.slice(told)).toMatchObject([
      { level: 'error', fields: { alarm: 'platform-key-unrecorded', tenantId, kind: 'audit-mac' } },
    ]);
    expect(await database.superuser.query('SELECT 1 FROM platform_key WHERE tenant_id = $1', [tenantId])).toEqual([]);
  });

  it('stops the next generation, if the database is older than the token', async () => {
    await platformKeys().provision(contextOf(tenantId));
    await platformKeys().makeKek(contextOf(tenantId), 2, async () => true);
    expect(await objects('kek')).toBe(2);
    await lose('generation = 2');
    const again = platformKeys().makeKek(contextOf(tenantId), 2, async () => true);
    expect(await codeOf(again)).toBe('platform-key-unrecorded');
    expect(await objects('kek')).toBe(2);
  });

  it('is not one that another worker is making', async () => {
    await Promise.all(Array.from({ length: 6 }, () => platformKeys().provision(contextOf(tenantId))));
    expect([await objects('audit-mac'), await objects('kek')]).toEqual([1, 1]);
  });
});
