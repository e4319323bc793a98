import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { KeyState } from '@ankasecure/contracts';
import { withOtherStatements } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { ReadKeySet } from './key-set.js';
import { KeyRecord } from './record/key.entity.js';
import { KeyVersionRecord } from './record/key-version.entity.js';

const tenantId = randomUUID();

interface Made {
  readonly state?: KeyState;
  readonly custody?: KeyVersionRecord['custody'];
  readonly purpose?: KeyRecord['purpose'];
}

/** Keys that are in no set, and the condition of the query that leaves each out. */
const left: readonly (readonly [name: string, made: Made, without: RegExp])[] = [
  ['a public key of others', { custody: 'public' }, /"version"\."custody" <> 'public'/],
  ['a key that encrypts', { purpose: 'encrypt' }, /"key"\."purpose" = 'sign'/],
  ...(['SUSPENDED', 'COMPROMISED', 'DESTROY_SCHEDULED', 'DESTROYED'] as const).map(
    (state) => [`a version that is ${state}`, { state }, /"version"\."state" IN \([^)]*\)/] as const,
  ),
];

describe('a key set', () => {
  let database: WorkerDatabase;
  let worker: SealedWorker;
  let sets: ReadKeySet;
  let inUse: string;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    worker = await startSealedWorker(database, new TestTrail(database));
    sets = new ReadKeySet(worker.dataSource);
    inUse = await make({});
  });
  afterAll(async () => {
    await worker.stop();
    await database.stop();
  });

  const make = async ({ state = 'ACTIVE', custody = 'token', purpose = 'sign' }: Made): Promise<string> => {
    const keyId = randomUUID();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await worker.change(tenantId, async (manager) => {
      await manager.insert(KeyRecord, {
        tenantId,
        id: keyId,
        label: 'k',
        algorithm: 'EC-P256',
        purpose,
        algs: purpose === 'sign' ? ['ES256'] : ['ECDH-ES+A256KW'],
        createdBy: 'alice',
      });
      await manager.insert(KeyVersionRecord, {
        tenantId,
        keyId,
        version: 1,
        state,
        custody,
        partition: 'default',
        tokenLabel: 'label',
        tokenSerial: 'serial',
        objectId: randomBytes(16),
        spki: publicKey.export({ type: 'spki', format: 'der' }),
      });
    });
    return `${keyId}.1`;
  };
  const kids = async (kid?: string): Promise<(string | undefined)[]> => {
    const reply = await sets.of({ tenantId }, { known: null, ...(kid !== undefined && { kid }) });
    return 'set' in reply && reply.set !== null ? reply.set.keys.map((jwk) => jwk['kid']) : expect.unreachable();
  };

  it.each(left)('has no %s, and is refused if the database answers with it', async (_, made, without) => {
    const kid = await make(made);
    expect(await kids()).toEqual([inUse]);
    expect(await kids(kid)).toEqual([]);
    let answered = 0;
    const instead = (statement: string): string => {
      if (without.test(statement)) answered++;
      return statement.replace(without, '($& OR true)');
    };
    await withOtherStatements(worker.dataSource, instead, async () => {
      for (const asked of [undefined, kid]) await expect(kids(asked)).rejects.toMatchObject({ code: 'record-forged' });
    });
    expect(answered).toBe(2);
    await database.superuser.query('DELETE FROM key_version WHERE key_id = $1', [kid.slice(0, 36)]);
  });

  it('has only the key that was asked for, and only the tenant’s, whatever the database answers', async () => {
    const other = await make({});
    const instead = (statement: string): string => statement.replace(/"version"\."key_id" = \$\d+/, '($& OR true)');
    await withOtherStatements(worker.dataSource, instead, async () => {
      await expect(kids(other)).rejects.toMatchObject({ code: 'record-forged' });
    });
    expect(await kids(other)).toEqual([other]);
  });
});
