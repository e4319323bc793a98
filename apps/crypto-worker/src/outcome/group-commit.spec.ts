import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditEvent } from '@ankasecure/contracts';
import { auditEvent } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeyVersion } from '../key/key-version.js';
import { enforcedPolicy } from '../policy/enforced-policy.js';
import { contextOf, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { commitWithin } from './commit-outcomes.sql.js';
import { type Fence, undecided } from './fence.js';
import { GroupCommit } from './group-commit.js';

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
    outcomes = new GroupCommit(database.config, database.outbox, silent);
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
    fence = { tenantId, policy: enforcedPolicy(1, initialPolicy), key };
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
    const committed = () =>
      Promise.all(
        ['sign', 'encrypt', 'dry-run.sign', 'dry-run.encrypt', 'verify'].map((operation) =>
          outcomes.commit(fence, { ...event(), operation }),
        ),
      );

    it('commits the uses that were taken', async () => {
      await followed(2, 1);
      await followed(3, 1);
      expect(await committed()).toEqual([true, true, true, true, true]);
    });

    it('commits no protecting use once a later version has changed', async () => {
      await followed(2, 2);
      await followed(3, 1);
      expect(await committed()).toEqual([false, false, false, false, true]);
    });

    it('commits no protecting use after the longest time that a request may take', async () => {
      await followed(2, 1, 31);
      expect(await committed()).toEqual([false, false, false, false, true]);
    });
  });

  it('also works inside another transaction, with the same fence and counts', async () => {
    const used = (revision: number, outcome: AuditEvent['outcome'] = 'success'): Promise<boolean> =>
      withTenant(database.dataSource, tenantId, (manager) =>
        commitWithin(manager, { ...fence, key: { ...(fence.key as KeyVersion), revision } }, { ...event(), outcome }),
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
    const other = { ...fence, policy: enforcedPolicy(7, initialPolicy) };
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
    await committing.query('SELECT commit_outcomes($1, $2, $3, $4, $5, $6, $7, $8, $9, 0::smallint)', [
      [tenantId],
      [1],
      [fence.key?.keyId],
      [1],
      [1],
      [1],
      [JSON.stringify([event()])],
      ['sign'],
      [1],
    ]);
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

  it('waits a moment for announced outcomes, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      outcomes.expect(2);
      const first = outcomes.commit(fence, event());
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      expect(await Promise.all([first, outcomes.commit(fence, event())])).toEqual([true, true]);
      outcomes.expect(2);
      const alone = outcomes.commit(fence, event());
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      vi.advanceTimersByTime(1);
      expect(await alone).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    const rows = await database.superuser.query<{ event_count: number }[]>(
      'SELECT event_count FROM outbox ORDER BY id',
    );
    expect(rows).toEqual([{ event_count: 2 }, { event_count: 1 }]);
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
    const other = new GroupCommit(database.config, database.outbox, silent);
    const failed = { ...event(), outcome: 'failure' as const, failureCode: 'signature-invalid' };
    const verified = { ...event(), operation: 'verify' };
    await Promise.all([
      ...Array.from({ length: 30 }, () => outcomes.commit(fence, event())),
      ...Array.from({ length: 12 }, () => other.commit(fence, event())),
      ...[failed, verified, verified].map((one) => outcomes.commit(fence, one)),
      outcomes.commit({ ...fence, policy: enforcedPolicy(7, initialPolicy) }, event()),
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
    const workers = Array.from({ length: 4 }, () => new GroupCommit(database.config, database.outbox, silent));
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

  it('returns no result while the database is unavailable', async () => {
    const nowhere = new GroupCommit({ ...database.config, port: 1 }, database.outbox, silent);
    await expect(nowhere.commit(fence, event())).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    await nowhere.close();
  });
});
