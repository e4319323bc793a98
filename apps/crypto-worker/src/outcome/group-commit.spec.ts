import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditEvent, OfferedEvent } from '@ankasecure/contracts';
import { auditEvent } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { Clock, databaseTime, Outbox, OutboxProof, withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { always } from '../key/key-state.js';
import type { KeyVersion } from '../key/key-version.js';
import { enforcedPolicy } from '../policy/enforced-policy.js';
import { contextOf, ownClock, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { commitOutcomes, commitWithin, outcomeValues } from './commit-outcomes.sql.js';
import { type Fence, undecided } from './fence.js';
import { GroupCommit } from './group-commit.js';
import type { Outcome } from './outcome-group.js';

const settled = (promise: Promise<unknown>, ms: number): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms))]);

describe('group commit', () => {
  let database: WorkerDatabase;
  let outcomes: GroupCommit;
  let tenantId: string;
  let fence: Fence;

  const event = () =>
    auditEvent(contextOf(tenantId), {
      operation: 'sign',
      keyId: null,
      algorithm: null,
    });
  const policyTo = (revision: number) =>
    database.superuser.query('UPDATE tenant_policy SET revision = $2 WHERE tenant_id = $1', [tenantId, revision]);

  beforeAll(async () => {
    database = await startWorkerDatabase();
    outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
  });
  afterAll(async () => {
    await outcomes.close();
    await database.stop();
  });
  beforeEach(async () => {
    tenantId = randomUUID();
    const keyId = randomUUID();
    await database.superuser.query('DELETE FROM outbox');
    await database.superuser.query('INSERT INTO tenant_policy VALUES ($1, 1, $2)', [
      tenantId,
      JSON.stringify(initialPolicy),
    ]);
    await database.superuser.query(
      `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'k', 'EC-P256', 'sign', '{ES256}', 'x')`,
      [tenantId, keyId],
    );
    await database.superuser.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id)
       VALUES ($1, $2, 1, 'ACTIVE', 'token', 'default', 't', 's', $3)`,
      [tenantId, keyId, randomBytes(16)],
    );
    const key = { tenantId, keyId, version: 1, revision: 1 } as KeyVersion;
    fence = { tenantId, policy: enforcedPolicy(1, initialPolicy, Date), key, validity: always };
  });

  it('commits an outcome whose revisions still hold', async () => {
    expect(await outcomes.commit(fence, event())).toBe(true);
    expect(await database.events()).toHaveLength(1);
  });

  it('writes nothing that was decided on an older policy', async () => {
    await policyTo(2);
    expect(await outcomes.commit(fence, event())).toBe(false);
    expect(await database.events()).toHaveLength(0);
  });

  it('writes nothing that was decided on an older key version', async () => {
    await database.superuser.query('UPDATE key_version SET revision = 2 WHERE tenant_id = $1', [tenantId]);
    expect(await outcomes.commit(fence, event())).toBe(false);
    expect(await database.events()).toHaveLength(0);
  });

  describe('of a version that was used up and replaced', () => {
    const followed = (version: number, revision: number, secondsAgo = 0) =>
      database.superuser.query(
        `INSERT INTO key_version (tenant_id, key_id, version, revision, state, custody, partition, token_label, token_serial, object_id, created_at)
         VALUES ($1, $2, $3, $4, 'ACTIVE', 'token', 'default', 't', 's', $5, now() - $6 * interval '1 second')`,
        [tenantId, fence.key?.keyId, version, revision, randomBytes(16), secondsAgo],
      );
    const protecting = ['sign', 'encrypt', 'encapsulate'].flatMap((name) => [name, `dry-run.${name}`]);
    const committed = () =>
      Promise.all(
        [...protecting, 'verify', 'decapsulate'].map((operation) => outcomes.commit(fence, { ...event(), operation })),
      );
    const refused = [...protecting.map(() => false), true, true];

    it('commits the uses that were taken', async () => {
      await followed(2, 1);
      await followed(3, 1);
      expect(await committed()).toEqual(refused.map(() => true));
    });

    it('commits no protecting use once a later version has changed', async () => {
      await followed(2, 2);
      await followed(3, 1);
      expect(await committed()).toEqual(refused);
    });

    it('commits no protecting use after the longest time that a request may take', async () => {
      await followed(2, 1, 31);
      expect(await committed()).toEqual(refused);
    });
  });

  it('also works inside another transaction, with the same fence and counts', async () => {
    const used = (revision: number, outcome: AuditEvent['outcome'] = 'success'): Promise<boolean> =>
      withTenant(database.dataSource, tenantId, (manager) =>
        commitWithin(
          manager,
          database.outbox,
          { ...fence, key: { ...(fence.key as KeyVersion), revision } },
          { ...event(), outcome },
        ),
      );
    expect([await used(1), await used(2), await used(1)]).toEqual([true, false, true]);
    expect([await used(1, 'failure'), await used(2, 'failure')]).toEqual([true, false]);
    expect(await database.events()).toHaveLength(3);
    const counted = await database.superuser.query<object[]>(
      'SELECT operation, uses FROM key_usage WHERE tenant_id = $1',
      [tenantId],
    );
    expect(counted).toEqual([{ operation: 'sign', uses: '2' }]);
  });

  it('refuses only the outdated outcomes of a shared commit', async () => {
    const other = { ...fence, policy: enforcedPolicy(7, initialPolicy, Date) };
    expect(
      await Promise.all([fence, other, undecided(tenantId), fence].map((one) => outcomes.commit(one, event()))),
    ).toEqual([true, false, true, true]);
    expect(await database.events()).toHaveLength(3);
  });

  it('waits for a change under way and then detects it', async () => {
    const changing = database.superuser.createQueryRunner();
    await changing.startTransaction();
    await changing.query('UPDATE tenant_policy SET revision = 2 WHERE tenant_id = $1', [tenantId]);
    const committing = outcomes.commit(fence, event());
    expect(await settled(committing, 300)).toBe(false);
    await changing.commitTransaction();
    await changing.release();
    expect(await committing).toBe(false);
    expect(await database.events()).toHaveLength(0);
  });

  it('makes a change wait for outcomes under way', async () => {
    const committing = database.superuser.createQueryRunner();
    await committing.startTransaction();
    const row = {
      fence,
      operation: 'sign',
      bundle: null,
      place: 0,
      events: [JSON.stringify(event())],
      fallbacks: [],
      uses: 1,
    };
    await committing.query(commitOutcomes.text, outcomeValues([row], 0));
    const change = policyTo(2);
    expect(await settled(change, 300)).toBe(false);
    await committing.commitTransaction();
    await committing.release();
    expect(await settled(change, 5000)).toBe(true);
  });

  it('shares commits: a thousand outcomes at once need a few rows', async () => {
    const held = await Promise.all(Array.from({ length: 1000 }, () => outcomes.commit(fence, event())));
    expect(held.every(Boolean)).toBe(true);
    const [row] = await database.superuser.query<{ rows: string; events: string }[]>(
      'SELECT count(*) AS rows, sum(event_count) AS events FROM outbox',
    );
    expect(Number(row?.events)).toBe(1000);
    expect(Number(row?.rows)).toBeLessThanOrEqual(3);
  });

  describe('of a decision that ends', () => {
    /** The database's time, in milliseconds since the epoch. */
    const databaseNow = () => databaseTime(database.superuser.manager);
    const within = (since: number, until: number): Fence => ({ ...fence, validity: { since, until } });

    it('is committed until then, to the millisecond, by the database’s clock', async () => {
      const now = await databaseNow();
      expect(await outcomes.commit(within(now - 1_000, now + 60_000), event())).toBe(true);
      expect(await outcomes.commit(within(now - 1_000, now), event())).toBe(false);
      expect(await outcomes.commit(within(now + 60_000, now + 120_000), event())).toBe(false);
      expect(await database.events()).toHaveLength(1);
    });

    it('is not committed if it ends while it waits for a change under way', async () => {
      const changing = database.superuser.createQueryRunner();
      await changing.startTransaction();
      await changing.query('UPDATE tenant_policy SET document = document WHERE tenant_id = $1', [tenantId]);
      const until = (await databaseNow()) + 300;
      const committing = outcomes.commit(within(0, until), event());
      while ((await databaseNow()) < until) await nextTurn();
      await changing.commitTransaction();
      await changing.release();
      expect(await committing).toBe(false);
      expect(await database.events()).toHaveLength(0);
    });

    it('tells this process the database’s time', async () => {
      const clock = new Clock({ maximumSkewMs: 2_000 });
      const learned = vi.spyOn(clock, 'learn');
      const own = new GroupCommit(database.config, database.outbox, clock, silent);
      const before = await databaseNow();
      await own.commit(fence, event());
      await own.close();
      expect(learned).toHaveBeenCalledOnce();
      const said = learned.mock.calls[0]?.[0].said ?? 0;
      expect(said).toBeGreaterThanOrEqual(before);
      expect(said).toBeLessThanOrEqual(await databaseNow());
    });

    it('makes this process decide nothing more if the database tells no time', async () => {
      const clock = new Clock({ maximumSkewMs: 2_000 });
      // A session keeps the plan that it made, whatever becomes of the function.
      const committing = async (): Promise<void> => {
        const own = new GroupCommit(database.config, database.outbox, clock, silent);
        await own.commit(undecided(tenantId), event());
        await own.close();
      };
      const replaceClock = (body: string): Promise<unknown> =>
        database.superuser.query(
          `CREATE OR REPLACE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE ${body}`,
        );
      await replaceClock(`sql AS $$ SELECT timestamptz 'infinity' $$`);
      try {
        await committing();
        expect(() => clock.assertAgrees()).toThrow('told no time by the database');
      } finally {
        await replaceClock(`internal VOLATILE STRICT AS 'clock_timestamp'`);
      }
      await committing();
      clock.assertAgrees();
    });
  });

  describe('of the outcomes of one request', () => {
    const outdated = (): Outcome => ({
      fence: { ...fence, policy: enforcedPolicy(7, initialPolicy, Date) },
      event: { ...event(), operation: 'verify' },
    });
    const held = (): Outcome => ({ fence, event: event() });
    const operations = async () => (await database.events()).map(({ operation }) => operation);
    const refused = (): AuditEvent => ({ ...event(), operation: 'refused' });

    it('writes all or none, and tells which ones are outdated', async () => {
      expect(await outcomes.commitAll([held(), outdated(), held()])).toEqual(['held-back', 'outdated', 'held-back']);
      expect(await database.events()).toEqual([]);
      expect(await outcomes.commitAll([held(), { ...held(), event: { ...event(), operation: 'verify' } }])).toEqual([
        'written',
        'written',
      ]);
      expect(await operations()).toEqual(expect.arrayContaining(['sign', 'verify']));
    });

    it('does not make other requests of the same commit wait', async () => {
      const [mixed, other] = await Promise.all([
        outcomes.commitAll([held(), outdated()]),
        outcomes.commitAll([held(), held()]),
      ]);
      expect(mixed).toEqual(['held-back', 'outdated']);
      expect(other).toEqual(['written', 'written']);
      expect(await database.events()).toHaveLength(2);
    });

    it('writes the fallback in place of an outdated outcome, in the same transaction', async () => {
      const fallback = refused();
      const verdicts = await outcomes.commitEach([
        { ...held(), fallback: refused() },
        { ...outdated(), fallback },
      ]);
      expect(verdicts).toEqual(['written', 'outdated']);
      expect(await database.events()).toEqual(
        expect.arrayContaining([expect.objectContaining({ operation: 'sign' }), fallback]),
      );
      expect(await database.events()).toHaveLength(2);
      const [{ uses } = { uses: '' }] = await database.superuser.query<{ uses: string }[]>(
        'SELECT sum(uses) AS uses FROM key_usage WHERE tenant_id = $1',
        [tenantId],
      );
      expect(uses).toBe('1');
    });
  });

  it('keeps each row far below the size of one message, whatever arrives at once', async () => {
    const names = Array.from({ length: 3000 }, (_, index) => ({ ...event(), userId: `${index}${'é'.repeat(240)}` }));
    await Promise.all(names.map((one) => outcomes.commit(fence, one)));
    const rows = await database.superuser.query<{ events: number; bytes: number }[]>(
      'SELECT event_count AS events, octet_length(events) AS bytes FROM outbox',
    );
    expect(rows.reduce((sum, row) => sum + row.events, 0)).toBe(3000);
    for (const row of rows) {
      expect(row.events).toBeLessThanOrEqual(500);
      expect(row.bytes).toBeLessThan(1024 * 1024);
    }
  });

  it('counts the uses of a key version in the same commit, by operation and worker, without failures', async () => {
    const other = new GroupCommit(database.config, database.outbox, ownClock, silent);
    const failed = { ...event(), outcome: 'failure' as const, failureCode: 'signature-invalid' };
    const verified = { ...event(), operation: 'verify' };
    await Promise.all([
      ...Array.from({ length: 30 }, () => outcomes.commit(fence, event())),
      ...Array.from({ length: 12 }, () => other.commit(fence, event())),
      ...[failed, verified, verified].map((one) => outcomes.commit(fence, one)),
      outcomes.commit({ ...fence, policy: enforcedPolicy(7, initialPolicy, Date) }, event()),
    ]);
    await other.close();
    const rows = await database.superuser.query<{ operation: string; uses: number }[]>(
      'SELECT operation, sum(uses)::int AS uses FROM key_usage WHERE tenant_id = $1 GROUP BY operation ORDER BY operation',
      [tenantId],
    );
    expect(rows).toEqual([
      { operation: 'sign', uses: 42 },
      { operation: 'verify', uses: 2 },
    ]);
  });

  it('writes the rows of many keys in one order, so that two workers of a slot never deadlock', async () => {
    const workers = Array.from(
      { length: 4 },
      () => new GroupCommit(database.config, database.outbox, ownClock, silent),
    );
    for (const worker of workers) Object.assign(worker, { slot: 7 });
    const operations = ['decrypt', 'encrypt', 'key.edit', 'sign', 'verify'];
    for (let round = 0; round < 20; round++)
      await Promise.all(
        workers.flatMap((worker, index) =>
          (index % 2 === 0 ? operations : operations.toReversed()).map((operation) =>
            worker.commit(fence, { ...event(), operation }),
          ),
        ),
      );
    await Promise.all(workers.map((worker) => worker.close()));
    const [row] = await database.superuser.query<{ uses: number }[]>(
      'SELECT sum(uses)::int AS uses FROM key_usage WHERE tenant_id = $1',
      [tenantId],
    );
    expect(row?.uses).toBe(20 * 4 * 5);
  });

  it('lets the worker’s role see a tenant’s rows only in that tenant’s transaction, and rewrite no outcome', async () => {
    expect(await database.dataSource.query('SELECT * FROM key')).toEqual([]);
    expect(await database.dataSource.query('SELECT * FROM tenant_policy')).toEqual([]);
    await expect(database.dataSource.query(`UPDATE outbox SET events = '[]'`)).rejects.toThrow(/permission denied/);
  });

  it('commits nothing while the process cannot prove its events', async () => {
    const proof = new OutboxProof('crypto-worker', 'default');
    const closed = new Outbox(proof, database.dataSource, undefined as never, silent);
    const own = new GroupCommit(database.config, closed, ownClock, silent);
    await expect(own.commit(fence, event())).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    const within = withTenant(database.dataSource, tenantId, (manager) =>
      commitWithin(manager, closed, fence, event()),
    );
    await expect(within).rejects.toMatchObject({ code: 'audit-unavailable' });
    expect(await database.events()).toEqual([]);
    proof.open(randomBytes(32));
    expect(await own.commit(fence, event())).toBe(true);
    await own.close();
  });

  it('proves every event that it writes, in each way of writing, in place of an outdated one too', async () => {
    const outdated = { ...fence, policy: enforcedPolicy(7, initialPolicy, Date) };
    await outcomes.commit(fence, event());
    await outcomes.commitEach([{ fence: outdated, event: event(), fallback: event() }]);
    await withTenant(database.dataSource, tenantId, (manager) =>
      commitWithin(manager, database.outbox, fence, event()),
    );
    const rows = await database.superuser.query<{ events: string }[]>('SELECT events FROM outbox');
    const offered = rows.flatMap((row) => JSON.parse(row.events) as OfferedEvent[]);
    expect(offered).toHaveLength(3);
    for (const { proof, ...written } of offered)
      expect(proof).toEqual((JSON.parse(database.outbox.textOf(written)) as OfferedEvent).proof);
  });

  it('returns no result while the database is unavailable', async () => {
    const nowhere = new GroupCommit({ ...database.config, port: 1 }, database.outbox, ownClock, silent);
    await expect(nowhere.commit(fence, event())).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    await nowhere.close();
  });
});
