import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { initialPolicy } from '@ankasecure/policy-rules';
import { Clock, databaseTime } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knownKey } from '../jose/testing/known-key.js';
import type { GrantedVersion, KeyStore } from '../key/key-store.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { insertKey, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { operations } from './operation.js';
import { granted, running } from './testing/signing.js';

const [, , sign] = operations;

interface Answered {
  readonly items: readonly { readonly jws?: string; readonly error?: { readonly code: string } }[];
}

let database: WorkerDatabase;
let clock: Clock;
let outcomes: GroupCommit;
beforeAll(async () => {
  database = await startWorkerDatabase();
});
afterAll(() => database.stop());

describe('the results of a batch', () => {
  const known = knownKey('EC-P256', 'sign');
  const key = granted(known);
  const { tenantId } = key;
  const [slow, other] = [randomUUID(), randomUUID()];
  /** The dates and revisions of keys as a worker reads them. */
  let records: Map<string, Partial<GrantedVersion>>;
  /** Runs before each signature. */
  let before: (keyId: string) => Promise<unknown>;

  beforeEach(async () => {
    clock = new Clock({ maximumSkewMs: 2_000 });
    await clock.read(database.dataSource.manager);
    outcomes = new GroupCommit(database.config, database.outbox, clock, silent);
    records = new Map();
    before = async () => undefined;
    const { superuser } = database;
    await superuser.query('TRUNCATE outbox, key, tenant_policy CASCADE');
    await superuser.query('INSERT INTO tenant_policy VALUES ($1, 1, $2)', [tenantId, JSON.stringify(initialPolicy)]);
    for (const keyId of [slow, other]) await insertKey(superuser, tenantId, keyId);
    return () => outcomes.close();
  });

  const meant: KeyStore['meant'] = async (_, target) => {
    const keyId = 'keyId' in target ? target.keyId : '';
    return { ...key, keyId, ...records.get(keyId) };
  };
  const signAll = async (keyIds: readonly string[]): Promise<Answered['items']> => {
    const custody = Object.create(known.custody) as typeof known.custody;
    const waits: Operation = {
      ...sign,
      run: async (_, budget, used, ...rest) => {
        await before(used.keyId);
        return sign.run(custody, budget, used, ...rest);
      },
    };
    const run = running(waits, known, { meant, outcomes, clock });
    const items = keyIds.map((keyId) => ({ keyId, payload: 'AAAA' }));
    const { head, body } = await run({ items });
    expect(head.ok).toBe(true);
    return (JSON.parse(Buffer.from(body ?? []).toString()) as Answered).items;
  };
  type Operation = typeof sign;
  const codes = (items: Answered['items']) => items.map(({ jws, error }) => error?.code ?? typeof jws);
  const recorded = async () =>
    (await database.events()).map(({ keyId, failureCode }) => `${keyId === slow ? 'slow' : 'other'} ${failureCode}`);
  const databaseNow = () => databaseTime(database.superuser.manager);

  it('are thrown away if their key is deactivated while the batch runs, by the database’s clock', async () => {
    const deactivateAt = (await databaseNow()) + 400;
    records.set(slow, { deactivateAt });
    // The last signature is made well after the date; the first long before it.
    let turn = 0;
    before = () => delay(20 * turn++);
    const items = await signAll(Array.from({ length: 60 }, () => slow));
    expect(await databaseNow()).toBeGreaterThan(deactivateAt);
    expect(new Set(codes(items))).toEqual(new Set(['key-state']));
    expect(await recorded()).toEqual(['slow key-state']);
    expect((await database.events())[0]?.details).toMatchObject({ count: '60' });
  });

  it('are kept if the key is deactivated afterwards', async () => {
    records.set(slow, { deactivateAt: (await databaseNow()) + 60_000 });
    expect(codes(await signAll([slow, other]))).toEqual(['string', 'string']);
    expect((await recorded()).toSorted()).toEqual(['other null', 'slow null']);
  });

  it('of a key that becomes active while it is refused are decided again', async () => {
    const activateAt = (await databaseNow()) + 300;
    records.set(slow, { state: 'PRE_ACTIVE', activateAt });
    before = async () => {
      while ((await databaseNow()) < activateAt + 5) await delay(10);
    };
    expect(codes(await signAll([slow, other]))).toEqual(['string', 'string']);
  });

  it('do not wait for outdated siblings past a change: all are checked again when they are released', async () => {
    const { superuser } = database;
    let attempts = 0;
    before = async (keyId) => {
      if (keyId !== slow) return;
      attempts++;
      // First the slow key changes; then, while it is tried again, the policy does, and that change returns.
      if (attempts === 1)
        await superuser.query('UPDATE key_version SET revision = 2 WHERE key_id = $1', [slow]).then(() => {
          records.set(slow, { revision: 2 });
        });
      else await superuser.query('UPDATE tenant_policy SET revision = 2 WHERE tenant_id = $1', [tenantId]);
    };
    expect(codes(await signAll([other, slow]))).toEqual(['decision-outdated', 'decision-outdated']);
    const refusals = (await database.events()).map(({ outcome, failureCode }) => `${outcome} ${failureCode}`);
    expect(refusals).toEqual(['failure decision-outdated', 'failure decision-outdated']);
  });

  it('are released with those that were decided again', async () => {
    let attempts = 0;
    before = async (keyId) => {
      if (keyId !== slow || ++attempts > 1) return;
      await database.superuser.query('UPDATE key_version SET revision = 2 WHERE key_id = $1', [slow]);
      records.set(slow, { revision: 2 });
    };
    expect(codes(await signAll([other, slow]))).toEqual(['string', 'string']);
    // The other key was used once, although its result waited.
    expect(await recorded()).toEqual(expect.arrayContaining(['other null', 'slow null']));
    expect(await recorded()).toHaveLength(2);
  });

  it('are withheld if they were committed in time and could only be released later', async () => {
    const deactivateAt = (await databaseNow()) + 5_000;
    records.set(slow, { deactivateAt });
    const commitAll = outcomes.commitAll.bind(outcomes);
    outcomes.commitAll = async (all) => {
      const verdicts = await commitAll(all);
      // The process was stopped for a minute after the commit.
      const now = clock.now() + 60_000;
      clock.now = () => now;
      return verdicts;
    };
    expect(codes(await signAll([slow, other]))).toEqual(['decision-outdated', 'string']);
    expect(await recorded()).toContain('slow null');
    expect((await database.events()).map(({ failureCode }) => failureCode)).toContain('decision-outdated');
  });
});
