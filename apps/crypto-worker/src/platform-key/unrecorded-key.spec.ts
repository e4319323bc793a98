import { randomUUID } from 'node:crypto';
import { AnkaError, monotonicNow, type RecordHead } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../custody/custody.conformance.js';
import type { PlatformKeyKind } from '../custody/custody.js';
import { newObjectId, ownerOfPlatformKey } from '../custody/object-owner.js';
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
import { LostKeys, recordIdOfLost } from './lost-key.js';
import { PlatformKeys } from './platform-key.js';
import { UnrecordedKeys } from './unrecorded-key.js';

const token = enterToken();

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

  const unrecordedKeys = (): UnrecordedKeys =>
    new UnrecordedKeys(
      database.dataSource,
      custody,
      log as unknown as typeof silent,
      database.outbox,
      partitionNamed('default'),
    );
  const platformKeys = (): PlatformKeys => {
    const { dataSource } = database;
    const partition = partitionNamed('default');
    const maker = objectMakerOn(database, custody, lease);
    return new PlatformKeys(dataSource, custody, maker, partition, unrecordedKeys());
  };
  const lose = (condition: string): Promise<unknown> =>
    database.superuser.query(`DELETE FROM platform_key WHERE tenant_id = $1 AND ${condition}`, [tenantId]);
  const objects = async (kind: PlatformKeyKind): Promise<number> =>
    (await custody.platformObjects(contextOf(tenantId), kind, tenantId)).length;

  const audited = (reopened = platformKeys()) => reopened.auditKey(contextOf(tenantId), null);
  const restored = async (heads: readonly RecordHead[] = []) => {
    const { dataSource, outbox } = database;
    const keys = platformKeys();
    const lostKeys = new LostKeys(dataSource, partitionNamed('default'), unrecordedKeys(), keys);
    const lost = await lostKeys.find(contextOf(tenantId), heads);
    await withTenant(dataSource, tenantId, async (manager) => {
      const events = await lostKeys.record(manager, contextOf(tenantId), lost, heads);
      if (events.length > 0) await outbox.write(manager, events);
    });
    return lost.map(recordIdOfLost);
  };
  const ofTenant = (): Promise<unknown> =>
    database.superuser.query(
      `SELECT kind, generation, object_id FROM platform_key WHERE tenant_id = $1 ORDER BY kind, generation`,
      [tenantId],
    );
  const operations = async (): Promise<string[]> =>
    (await database.events()).filter((event) => event.tenantId === tenantId).map(({ operation }) => operation);

  it('comes back with a restore, if the tenant was made after the backup, and so do all its KEKs', async () => {
    await platformKeys().provision(contextOf(tenantId));
    await platformKeys().makeKek(contextOf(tenantId), 1, async () => true);
    const before = await ofTenant();
    const key = await audited();
    await lose('true');
    // The trail can be read meanwhile, and nothing is put on record by that.
    expect(await audited()).toMatchObject({ generation: 1, ref: key.ref });
    expect(await ofTenant()).toEqual([]);
    const head = {
      kind: 'platform_key',
      id: 'kek/2',
      seq: 3,
      revision: 3,
      digest: 'A'.repeat(43),
      state: null,
    } as const;
    expect(await restored([head])).toEqual(['audit-mac/1', 'kek/1', 'kek/2']);
    expect(await ofTenant()).toEqual(before);
    expect((await operations()).slice(-3)).toEqual(['audit-mac.recover', 'kek.recover', 'kek.recover']);
    await platformKeys().provision(contextOf(tenantId));
    expect(await restored([head])).toEqual([]);
    expect([await objects('audit-mac'), await objects('kek')]).toEqual([1, 2]);
  });

  it('is no other generation than the one that a MAC names', async () => {
    const ofGeneration = (generation: number) => codeOf(platformKeys().auditKey(contextOf(tenantId), generation));
    expect(await ofGeneration(9)).toBe('tenant-unknown');
    await platformKeys().provision(contextOf(tenantId));
    expect(await ofGeneration(9)).toBe('key-not-found');
    await lose('true');
    expect(await ofGeneration(9)).toBe('platform-key-unrecorded');
    expect(await platformKeys().auditKey(contextOf(tenantId), 1)).toMatchObject({ generation: 1 });
  });

  it('stays lost with a newer KEK, if the tenant has an older one', async () => {
    await platformKeys().provision(contextOf(tenantId));
    await platformKeys().makeKek(contextOf(tenantId), 1, async () => true);
    await lose('generation = 2');
    expect(await restored()).toEqual([]);
  });

  /** Makes an object of the tenant's `audit-mac` key that no record names. */
  const plant = (): Promise<unknown> => {
    const ref = { kind: 'audit-mac', tenantId, generation: 1 } as const;
    const objectId = newObjectId(ownerOfPlatformKey(ref), partitionNamed('default').naming);
    return custody.generatePlatformKey(contextOf(tenantId), { ...ref, objectId });
  };

  it('does not come back if it is not what its name says', async () => {
    await plant();
    const refused = vi.spyOn(custody, 'checkPlatformKey').mockRejectedValue(new AnkaError('record-forged'));
    expect(await codeOf(audited())).toBe('platform-key-unrecorded');
    expect(await codeOf(restored())).toBe('platform-key-unrecorded');
    refused.mockRestore();
    expect(await ofTenant()).toEqual([]);
    expect(await restored()).toEqual(['audit-mac/1']);
  });

  it('does not come back if there are two', async () => {
    await plant();
    await plant();
    expect(await codeOf(audited())).toBe('platform-key-unrecorded');
    expect(await codeOf(restored())).toBe('platform-key-unrecorded');
    expect(await ofTenant()).toEqual([]);
  });

  it('is not looked for under another tenant’s name', async () => {
    await plant();
    tenantId = randomUUID();
    expect(await codeOf(audited())).toBe('tenant-unknown');
    expect(await restored()).toEqual([]);
  });

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

  it('stops the making of another one, whatever intents and records the database has of it', async () => {
    await database.superuser.query(`
      CREATE TABLE kept_intent AS SELECT * FROM intent WITH NO DATA;
      CREATE FUNCTION keep_intent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN INSERT INTO kept_intent SELECT NEW.*; RETURN NEW; END $$;
      CREATE TRIGGER keeping AFTER INSERT ON intent FOR EACH ROW EXECUTE FUNCTION keep_intent()`);
    await platformKeys().provision(contextOf(tenantId));
    await platformKeys().wrapping(contextOf(tenantId), randomUUID(), 1);
    await database.superuser.query('DROP TRIGGER keeping ON intent; DROP FUNCTION keep_intent');
    await lose('true');
    await database.superuser.query('INSERT INTO intent SELECT * FROM kept_intent');
    const soon = () => ({ ...contextOf(tenantId), deadline: monotonicNow() + 4000 });
    expect(await codeOf(platformKeys().provision(soon()))).toBe('service-unavailable');
    // Nor is one put on record again that somebody may be making.
    expect(await codeOf(platformKeys().provide(soon(), 'blob-mac'))).toBe('service-unavailable');
    await database.superuser.query('DROP TABLE kept_intent; TRUNCATE intent');
    expect(await codeOf(platformKeys().provision(soon()))).toBe('platform-key-unrecorded');
    expect([await objects('audit-mac'), await objects('kek'), await objects('blob-mac')]).toEqual([1, 1, 1]);
    expect(await ofTenant()).toEqual([]);
  });

  it('is put on record again, if it is the next KEK and the database is older than the token', async () => {
    await platformKeys().provision(contextOf(tenantId));
    for (const generation of [2, 3])
      await platformKeys().makeKek(contextOf(tenantId), generation - 1, async () => true);
    const keks = () =>
      database.superuser.query(`SELECT generation, object_id FROM platform_key WHERE tenant_id = $1 AND kind = 'kek'`, [
        tenantId,
      ]);
    const before: unknown = await keks();
    await lose('generation > 1');
    expect(await codeOf(platformKeys().makeKek(contextOf(tenantId), 3, async () => true))).toBe(
      'platform-key-unrecorded',
    );
    for (const generation of [2, 3])
      expect(await platformKeys().makeKek(contextOf(tenantId), generation - 1, async () => true)).toBe(true);
    expect(await keks()).toEqual(before);
    expect(await objects('kek')).toBe(3);
    expect((await database.events()).filter(({ details }) => details?.['recovered'] === 'true')).toMatchObject([
      { operation: 'kek.rotate', details: { generation: '2' } },
      { operation: 'kek.rotate', details: { generation: '3' } },
    ]);
  });

  it('stops the next KEK, if it is another one', async () => {
    await platformKeys().provision(contextOf(tenantId));
    await lose(`kind = 'kek'`);
    expect(await codeOf(platformKeys().makeKek(contextOf(tenantId), 1, async () => true))).toBe(
      'platform-key-unrecorded',
    );
    expect(await objects('kek')).toBe(1);
  });

  it('is put on record again, if it is the tenant’s only key for blobs', async () => {
    await platformKeys().provision(contextOf(tenantId));
    const { blobMac } = await platformKeys().wrapping(contextOf(tenantId), randomUUID(), 1);
    await lose(`kind = 'blob-mac'`);
    const again = await Promise.all(
      Array.from({ length: 4 }, () => platformKeys().wrapping(contextOf(tenantId), randomUUID(), 1)),
    );
    expect(again.map((wrapping) => wrapping.blobMac)).toEqual(Array.from({ length: 4 }, () => blobMac));
    expect(await objects('blob-mac')).toBe(1);
    const events = await database.superuser.query<{ operation: string }[]>(
      `SELECT event ->> 'operation' AS operation FROM outbox, jsonb_array_elements(events::jsonb) event
       WHERE event ->> 'tenantId' = $1 AND event ->> 'operation' LIKE 'blob-mac.%' ORDER BY id`,
      [tenantId],
    );
    expect(events.map(({ operation }) => operation)).toEqual(['blob-mac.create', 'blob-mac.recover']);
  });

  it.each(['import', 'token-signing', 'checkpoint-ed25519', 'checkpoint-p256'] as const)(
    'stops a second key %s, and says how to replace it',
    async (kind) => {
      await platformKeys().provision(contextOf(tenantId));
      await platformKeys().provide(contextOf(tenantId), kind);
      await lose(`kind = '${kind}'`);
      await expect(platformKeys().provide(contextOf(tenantId), kind)).rejects.toMatchObject({
        code: 'platform-key-unrecorded',
        detail: expect.stringContaining(`deletes the key labelled ankasecure:${kind}:default:${tenantId}`) as unknown,
      });
      expect(await objects(kind)).toBe(1);
    },
  );

  it('is not one that another worker is making', async () => {
    await Promise.all(Array.from({ length: 6 }, () => platformKeys().provision(contextOf(tenantId))));
    expect([await objects('audit-mac'), await objects('kek')]).toEqual([1, 1]);
  });
});
