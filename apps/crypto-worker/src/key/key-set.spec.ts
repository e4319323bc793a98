import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { KeyState } from '@ankasecure/contracts';
import { changeRecord } from '@ankasecure/service-kit';
import { withOtherStatements } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { der } from '../asn1/encode.js';
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
  readonly chain?: Buffer | null;
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

  const make = async ({
    state = 'ACTIVE',
    custody = 'token',
    purpose = 'sign',
    chain = null,
  }: Made): Promise<string> => {
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
        certificateChain: chain,
      });
    });
    return `${keyId}.1`;
  };
  const kids = async (kid?: string): Promise<string[]> => {
    const reply = await sets.of({ tenantId }, { known: null, ...(kid !== undefined && { kid }) });
    return 'set' in reply && reply.set !== null
      ? reply.set.keys.map((jwk) => String(jwk['kid']))
      : expect.unreachable();
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

  it('has the certificates of the newest keys only, as far as there is room, and each of one key', async () => {
    const chain = der(0x30, randomBytes(32_700));
    const many = 20;
    for (let count = 0; count < many; count++) await make({ chain });
    const set = async (kid?: string) => {
      const reply = await sets.of({ tenantId }, { known: null, ...(kid !== undefined && { kid }) });
      return 'set' in reply && reply.set !== null ? reply.set.keys : expect.unreachable();
    };
    const shown = (await set()).filter((jwk) => jwk['x5t#S256'] !== undefined);
    expect(shown).toHaveLength(many);
    const whole = shown.filter((jwk) => jwk['x5c'] !== undefined);
    expect(whole).toEqual(shown.slice(0, 16));
    expect(whole[0]?.['x5c']).toEqual([chain.toString('base64')]);
    const [left] = await set(String(shown.at(-1)?.['kid']));
    expect(left).toEqual({ ...shown.at(-1), x5c: [chain.toString('base64')] });
  });

  /** What the owner of the database does to the counter of revisions once a gateway has the set. */
  const counters = {
    'is hidden': null,
    'is deleted': `DELETE FROM record_position WHERE tenant_id = '${tenantId}'`,
    'is put back': `UPDATE record_position SET revision = before.revision FROM before_change AS before WHERE before.tenant_id = record_position.tenant_id`,
  };
  /** The states that take a version out of the set, and the workers that are asked after the change. */
  const taken = (['SUSPENDED', 'COMPROMISED', 'DESTROY_SCHEDULED'] as const).flatMap((state) =>
    Object.entries(counters).map(([name, lie]) => [state, name, lie] as const),
  );
  it.each(taken)('lacks a version at once that becomes %s, though the counter %s', async (state, _, lie) => {
    const before = await make({});
    const sql = (text: string) => database.superuser.query(text);
    /** A row-level policy does so for the workers' role. */
    const hide = (statement: string): string =>
      lie === null
        ? statement.replace('FROM "record_position" "R', 'FROM (SELECT * FROM record_position WHERE false) "R')
        : statement;
    const setFor = (known: number | null) =>
      withOtherStatements(worker.dataSource, hide, () => sets.of({ tenantId }, { known }));
    await sql('DROP TABLE IF EXISTS before_change; CREATE TABLE before_change AS TABLE record_position');
    const first = await setFor(null);
    await worker.change(tenantId, async (manager) => {
      const version = await manager.findOneByOrFail(KeyVersionRecord, { tenantId, keyId: before.slice(0, 36) });
      await changeRecord(manager, version, { state });
    });
    if (lie !== null) await sql(lie);
    const next = await setFor('position' in first ? first.position : null);
    const held = 'set' in next && next.set !== null ? next.set.keys.map((jwk) => jwk['kid']) : [before];
    expect(held).not.toContain(before);
    await sql('DROP TABLE before_change');
  });
});
