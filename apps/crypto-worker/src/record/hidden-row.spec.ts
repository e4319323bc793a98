import { randomBytes, randomUUID } from 'node:crypto';
import type { Grant } from '@ankasecure/contracts';
import { sealsOf } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyGrantRecord } from '../access/key-grant.entity.js';
import { assertGrantsWhole, grantsOnRecord } from '../grant/known-grants.js';
import { KeyStore } from '../key/key-store.js';
import { outdateKey, outdateVersions } from '../key/lock/lock-key.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';

const [tenantId, keyId] = [randomUUID(), randomUUID()];
const bob = { kind: 'subject', grantee: 'https://issuer.test/bob smith' } as const;
const team = { kind: 'group', grantee: 'team' } as const;

/** What is read of a key before it changes, in a transaction of its tenant. */
type Reading = (manager: EntityManager) => Promise<unknown>;
const heldGrants = async (manager: EntityManager): Promise<readonly Grant[]> =>
  manager.findBy(KeyGrantRecord, { tenantId, keyId });
const listed = (manager: EntityManager, key = keyId) => grantsOnRecord(sealsOf(manager).history, tenantId, key);
const readings: Readonly<Record<string, Reading>> = {
  'the current version is outdated': (manager) => outdateKey(manager, tenantId, keyId),
  'all versions are outdated': (manager) => outdateVersions(manager, tenantId, keyId),
  'all grants are replaced': async (manager) =>
    assertGrantsWhole(manager, tenantId, keyId, await heldGrants(manager), await listed(manager)),
  'one grant is taken': async (manager) =>
    assertGrantsWhole(manager, tenantId, keyId, await heldGrants(manager), [bob]),
};

/** What the database hides, and from which of the readings. */
const hidden: Readonly<Record<string, readonly [table: string, rows: string, from: readonly string[]]>> = {
  'the newest version': [
    'key_version',
    'version = 3',
    ['the current version is outdated', 'all versions are outdated'],
  ],
  'every version': ['key_version', 'true', ['the current version is outdated', 'all versions are outdated']],
  'a version between others': ['key_version', 'version = 2', ['all versions are outdated']],
  'the first version': ['key_version', 'version = 1', ['all versions are outdated']],
  'a grant': ['key_grant', `grantee LIKE '%bob%'`, ['all grants are replaced', 'one grant is taken']],
  'every grant': ['key_grant', 'true', ['all grants are replaced', 'one grant is taken']],
};

describe('a row of a key that the database hides', () => {
  let database: WorkerDatabase;
  let owner: TableOwner;
  let trail: TestTrail;
  let worker: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    owner = new TableOwner(database);
    trail = new TestTrail(database);
    const writer = await startSealedWorker(database, trail);
    await writer.change(tenantId, async (manager) => {
      const key = { label: 'k', algorithm: 'EC-P256', purpose: 'sign', createdBy: 'alice' } as const;
      await manager.insert(KeyRecord, { ...key, tenantId, id: keyId, algs: ['ES256'] });
      const place = { partition: 'default', tokenLabel: 'label', tokenSerial: 'serial' };
      for (const version of [1, 2, 3])
        await manager.insert(KeyVersionRecord, {
          ...place,
          tenantId,
          keyId,
          version,
          state: version === 3 ? 'ACTIVE' : 'DEACTIVATED',
          custody: 'token',
          objectId: randomBytes(16),
        });
      for (const grantee of [bob, team])
        await manager.insert(KeyGrantRecord, { ...grantee, tenantId, keyId, rights: ['view'], grantedBy: 'alice' });
    });
    await trail.seal();
    await writer.stop();
    worker = await startSealedWorker(database, trail);
  });
  afterAll(async () => {
    await worker.stop();
    await database.stop();
  });

  const refusal = { code: 'record-outdated' };
  const cases = Object.entries(hidden).flatMap(([what, [table, rows, from]]) =>
    from.map((reading) => [reading, what, table, rows] as const),
  );
  it.each(cases)('is missed when %s: %s', async (reading, _, table, rows) => {
    await owner.attack(table, [`DELETE FROM ${table} WHERE ${rows}`], async () => {
      await expect(worker.read(tenantId, readings[reading] as Reading)).rejects.toMatchObject(refusal);
    });
  });

  it.each(Object.keys(readings))('is not missed when it is there and %s', async (reading) => {
    await worker.change(tenantId, readings[reading] as Reading);
    await trail.seal();
  });

  it('is missed when a copy is compared with the current version', async () => {
    const keys = new KeyStore(worker.dataSource);
    const isCurrent = (version: number) => keys.isCurrent({ tenantId, keyId, version });
    expect([await isCurrent(3), await isCurrent(2)]).toEqual([true, false]);
    await owner.attack('key_version', ['DELETE FROM key_version WHERE version = 3'], async () => {
      await expect(isCurrent(2)).rejects.toMatchObject(refusal);
    });
  });

  it('may be absent if the trail knows that it was taken, and if it never was', async () => {
    const nobody = { kind: 'subject', grantee: 'nobody' } as const;
    await worker.read(tenantId, async (manager) =>
      assertGrantsWhole(manager, tenantId, keyId, await heldGrants(manager), [...(await listed(manager)), nobody]),
    );
    const other = randomUUID();
    await worker.read(tenantId, async (manager) =>
      assertGrantsWhole(manager, tenantId, other, [], await listed(manager, other)),
    );
  });
});
