import { randomBytes, randomUUID } from 'node:crypto';
import { monotonicNow } from '@ankasecure/contracts';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody, FoundKey } from '../custody/custody.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { partitionNamed, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { Adoption } from './adoption.js';
import { RecordKey, RecordKeyRefused } from './record-key.js';

const token = enterToken();
let custody: Custody;
let database: WorkerDatabase;
beforeAll(async () => {
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
  database = await startWorkerDatabase();
});
afterAll(async () => {
  await database.stop();
  await custody.close();
  token.remove();
});

const keyOf = async (partition: string, of: Custody = custody): Promise<RecordKey> =>
  new RecordKey(
    of,
    partitionNamed(partition),
    (await database.as(partition)).dataSource,
    new Adoption(of, partitionNamed(partition)),
    silent,
  );
const idOf = async (partition: string, of?: Custody): Promise<Uint8Array> => (await keyOf(partition, of)).id();
const labelled = (partition: string): Promise<readonly FoundKey[]> =>
  custody.findByLabel({ deadline: monotonicNow() + 60_000 }, 'record-mac', `ankasecure:record-mac:${partition}`);
const sealedKey = (partition: string, seal: Buffer | null): Promise<unknown> =>
  database.superuser.query(
    `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id, seal)
     VALUES ($1, 'audit-mac', 1, $2, 't', 's', $3, $4)`,
    [randomUUID(), partition, randomBytes(16), seal],
  );
/** A custody that shows these objects under every label. */
const showing = (found: readonly FoundKey[]): Custody => ({ findByLabel: async () => found }) as unknown as Custody;

describe('the record key', () => {
  it('is made once, also if several workers start at once, and found by every later start', async () => {
    const first = await Promise.all([1, 2, 3, 4].map(() => idOf('once')));
    const later = await idOf('once');
    expect(new Set([...first, later].map((id) => Buffer.from(id).toString('hex'))).size).toBe(1);
    expect(await labelled('once')).toHaveLength(1);
  });

  it('is another one on another partition', async () => {
    expect(Buffer.from(await idOf('one'))).not.toEqual(Buffer.from(await idOf('other')));
  });

  it('is made where only unsealed records stand, as after an upgrade', async () => {
    await sealedKey('upgraded', null);
    expect(await idOf('upgraded')).toHaveLength(16);
  });

  it('is not made where sealed records stand: the token is not theirs', async () => {
    await sealedKey('lost', randomBytes(32));
    await expect(idOf('lost')).rejects.toThrow(RecordKeyRefused);
    await expect(idOf('lost')).rejects.toThrow(/no key ankasecure:record-mac:lost, but records of 1 tenants/);
    expect(await labelled('lost')).toEqual([]);
  });

  it('is refused if the token has two, or one with a fault', async () => {
    const genuine = { objectId: randomBytes(16), faults: [] };
    await expect(idOf('any', showing([genuine, genuine]))).rejects.toThrow(/2 keys/);
    await expect(idOf('any', showing([{ ...genuine, faults: ['LOCAL'] }]))).rejects.toThrow(/LOCAL differ/);
    expect(await idOf('any', showing([genuine]))).toEqual(genuine.objectId);
  });

  it('is looked for again after a failure', async () => {
    let fails = true;
    const objectId = randomBytes(16);
    const unsteady = {
      findByLabel: async () => {
        if (fails) throw new Error('away');
        return [{ objectId, faults: [] }];
      },
    } as unknown as Custody;
    const key = await keyOf('any', unsteady);
    await expect(key.id()).rejects.toThrow('away');
    fails = false;
    expect(await key.id()).toEqual(objectId);
  });
});
