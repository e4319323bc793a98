import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { type CursorSeal } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { KeyRoom } from '../making/key-room.js';
import { Quotas } from '../quota/quotas.js';
import {
  contextOf,
  insertKey,
  ownClock,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { KeyStore } from './key-store.js';
import { ReadKey } from './read-key.js';
import { readVersion } from './record/select-version.js';

const most = 20_000;
const usable = [3, most];

describe('a key with very many versions', () => {
  let database: WorkerDatabase;
  const [tenantId, keyId] = [randomUUID(), randomUUID()];
  beforeAll(async () => {
    database = await startWorkerDatabase();
    await insertKey(database.superuser, tenantId, keyId);
    await database.superuser.query('DELETE FROM key_version');
    const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
    // A public key that is parsed without need fails the test.
    await database.superuser.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id, spki)
       SELECT $1, $2, n, 'ACTIVE', 'token', 'default', 't', 's', decode(lpad(to_hex(n), 32, '0'), 'hex'),
         CASE WHEN n = ANY ($4) THEN $3::bytea ELSE '\\x00'::bytea END FROM generate_series(1, $5::integer) n`,
      [tenantId, keyId, spki, usable, most],
    );
  });
  afterAll(() => database.stop());

  it('is used without the other versions, and a public key is parsed when it is used', async () => {
    const store = new KeyStore(database.dataSource);
    const current = await store.find(tenantId, keyId, null);
    expect([current.version, current.publicKey?.asymmetricKeyType]).toEqual([most, 'ec']);
    expect(current.publicKey).toBe(current.publicKey);
    expect((await store.find(tenantId, keyId, 3)).publicKey?.asymmetricKeyType).toBe('ec');
    const other = await store.find(tenantId, keyId, 4);
    expect(other.version).toBe(4);
    expect(() => other.publicKey).toThrow();
    await expect(store.find(tenantId, keyId, most + 1)).rejects.toMatchObject({ code: 'key-not-found' });
    await expect(store.find(randomUUID(), keyId, 3)).rejects.toMatchObject({ code: 'key-not-found' });
  });

  it('is told what is wrong with a version that the kid contradicts: first that it does not exist', async () => {
    const store = new KeyStore(database.dataSource);
    const alias = 'contradicted';
    await database.superuser.query('INSERT INTO key_alias (tenant_id, name, key_id) VALUES ($1, $2, $3)', [
      tenantId,
      alias,
      keyId,
    ]);
    await database.superuser.query('INSERT INTO former_kid (tenant_id, kid, key_id) VALUES ($1, $2, $3)', [
      tenantId,
      'elsewhere',
      keyId,
    ]);
    for (const [version, says] of [
      [most + 1, `no version ${most + 1}`],
      [7, 'names version 3 of the key'],
      [most, 'names version 3 of the key'],
    ] as const) {
      const named = { keyId, version, butInKid: 3 };
      for (const target of [named, { ...named, formerKid: `${keyId}.3` }, { alias, of: () => named }])
        await expect(store.meant(tenantId, target)).rejects.toMatchObject({
          code: 'key-not-found',
          detail: expect.stringContaining(says) as string,
        });
    }
    const foreign = (version: number | null) => store.meant(tenantId, { formerKid: 'elsewhere', version });
    expect([(await foreign(null)).version, (await foreign(1)).version]).toEqual([1, 1]);
    await expect(foreign(2)).rejects.toMatchObject({ detail: expect.stringContaining('names version 1') as string });
    await expect(foreign(most + 1)).rejects.toMatchObject({ detail: expect.stringContaining('no version') as string });
    const missing = { keyId, version: most + 1, formerKid: `${keyId}.${most + 1}` };
    await expect(store.meant(tenantId, missing)).rejects.toMatchObject({
      detail: expect.stringContaining(`kid names version ${most + 1} of a key`) as string,
    });
    expect(
      (await store.meant(tenantId, { ...missing, keyId: randomUUID(), formerKid: 'elsewhere', version: null })).version,
    ).toBe(1);
  });

  it('is read once while it is cached, and again when it is forgotten', async () => {
    const store = new KeyStore(database.dataSource);
    const [one, two] = await Promise.all([store.find(tenantId, keyId, 3), store.find(tenantId, keyId, 3)]);
    expect(one).toBe(two);
    store.forget(tenantId, keyId);
    expect(await store.find(tenantId, keyId, 3)).not.toBe(one);
  });

  it('is listed in pages, newest first, and one version is read alone', async () => {
    const cursors = { seal: (_: object, place: string) => place, open: (_: object, cursor: string) => cursor };
    const custody = { known: () => ({ outsideSteps: [] }), uri: () => 'pkcs11:' } as unknown as Custody;
    const reader = new ReadKey(database.dataSource, custody, cursors as unknown as CursorSeal, ownClock);
    const context = contextOf(tenantId);
    await expect(reader.versions(context, { id: keyId, limit: 2 })).rejects.toThrow();
    await database.superuser.query('UPDATE key_version SET spki = NULL WHERE NOT version = ANY ($1)', [usable]);
    const first = await reader.versions(context, { id: keyId, limit: 2 });
    expect([first.items.map(({ version }) => version), first.next]).toEqual([[most, most - 1], String(most - 1)]);
    const last = await reader.versions(context, { id: keyId, limit: 2, cursor: '3' });
    expect([last.items.map(({ version }) => version), last.next]).toEqual([[2, 1], null]);
    expect((await reader.get(context, { id: keyId })).version).toBe(most);
    expect((await reader.version(context, { id: keyId, version: 7 })).version).toBe(7);
    expect((await reader.publicKey(context, { id: keyId, version: 3 })).version).toBe(3);
  });

  it('gets no more of them, and a tenant no more objects than its quota', async () => {
    const roomOf = (limits: object) => new KeyRoom(database.dataSource, new Quotas({ tenants: [], ...limits }));
    const { manager } = database.dataSource;
    const current = await database.dataSource.transaction(async (transaction) => {
      await transaction.query(`SELECT set_config('ankasecure.tenant', $1, true)`, [tenantId]);
      return readVersion(transaction, tenantId, keyId, null);
    });
    if (current === undefined) throw new Error('the key is missing');
    const full = { code: 'quota-exceeded' };
    await expect(roomOf({}).assertForVersion(current)).rejects.toMatchObject(full);
    await expect(roomOf({ versionsPerKey: most }).assertForVersion(current)).rejects.toMatchObject(full);
    await expect(roomOf({ versionsPerKey: most + 1 }).assertForVersion(current)).resolves.toBeUndefined();
    const objects = { versionsPerKey: most + 1, objects: most };
    await expect(roomOf(objects).assertForVersion(current)).rejects.toMatchObject(full);
    await expect(roomOf(objects).assert(tenantId)).rejects.toMatchObject(full);
    await expect(roomOf({ keys: 2 }).assert(tenantId)).resolves.toBeUndefined();
    await expect(roomOf({ keys: 1 }).assert(tenantId)).rejects.toMatchObject(full);
    await expect(roomOf({ keys: 1, objects: most }).assert(tenantId)).rejects.toThrow('The tenant can have 1 keys.');
    await expect(roomOf({ keys: 2, objects: most }).assert(tenantId)).rejects.toThrow(
      `The tenant can have ${most} key versions in all. Destroy some that are no longer needed.`,
    );
    expect(await roomOf({}).isLeft(manager, tenantId)).toBe(true);
    await database.superuser.query(`UPDATE key_version SET state = 'DESTROYED' WHERE version <= 10`);
    await expect(roomOf(objects).assertForVersion(current)).resolves.toBeUndefined();
  });
});
