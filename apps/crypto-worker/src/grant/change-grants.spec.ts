import { randomUUID } from 'node:crypto';
import { AnkaError, type Context, type Grant } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import type { BusClient } from '@ankasecure/service-kit';
import { withOtherStatements } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeyGrantRecord } from '../access/key-grant.entity.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import type { KeyAction, KeyActionRunner } from '../outcome/key-action.js';
import { insertKeyInUse, type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { contextOf, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { ChangeGrants } from './change-grants.js';

const grantees = ['alice', 'bob', 'carol'].map((grantee) => ({ kind: 'subject', grantee }) as const);
const rightsOf = (names: readonly (typeof grantees)[number][]) =>
  names.map((name) => ({ ...name, rights: ['view' as const] }));
/** The caller's own grant, for one with no role that suffices. */
const manages: Grant = { kind: 'subject', grantee: 'tester', rights: ['manage'] };

/** The changes of grants. */
const changes: Readonly<Record<string, (grants: ChangeGrants, context: Context, id: string) => Promise<unknown>>> = {
  'all are replaced': (grants, context, id) => grants.put(context, { id, grants: rightsOf(grantees.slice(0, 1)) }),
  'all are taken': (grants, context, id) => grants.delete(context, { id }),
  'one is taken': (grants, context, id) => grants.delete(context, { id, ...grantees[1] }),
  'one is taken that nobody has': (grants, context, id) =>
    grants.delete(context, { id, kind: 'subject', grantee: 'x' }),
};

describe('a change of grants', () => {
  let database: WorkerDatabase;
  let writer: SealedWorker;
  let trail: TestTrail;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    trail = new TestTrail(database);
    writer = await startSealedWorker(database, trail);
  });
  afterAll(async () => {
    await writer.stop();
    await database.stop();
  });

  const keyWithGrants = async (): Promise<readonly [tenantId: string, keyId: string]> => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await writer.change(tenantId, async (manager) => {
      await manager.insert(TenantPolicyRecord, { tenantId, revision: 1, document: initialPolicy });
      await insertKeyInUse(manager, tenantId, keyId);
      for (const one of [...rightsOf(grantees), manages])
        await manager.insert(KeyGrantRecord, { ...one, tenantId, keyId, grantedBy: 'alice' });
    });
    await trail.seal();
    return [tenantId, keyId];
  };

  /** Runs a change's two steps in one transaction of a worker. */
  const runnerOf = (worker: SealedWorker) =>
    ({
      run: (context: Context, action: KeyAction<unknown, unknown>) =>
        worker.change(
          context.tenantId,
          async (manager) => (await action.write(manager, await action.check(manager, async () => Date.now()))).result,
        ),
    }) as unknown as KeyActionRunner;

  const isFenced = async (tenantId: string): Promise<boolean> => {
    const [row] = await database.superuser.query<{ free: boolean }[]>(
      'SELECT pg_try_advisory_xact_lock(fence_of($1)) AS free',
      [tenantId],
    );
    return row?.free !== true;
  };

  /** A worker that asks the trail by way of `before`. */
  const workerBy = async (before: (tenantId: string) => Promise<void>) => {
    const { request } = trail.bus;
    const bus = {
      request: async (...asked: Parameters<typeof request>) => {
        await before((asked[2] as { tenantId: string }).tenantId);
        return request(...asked);
      },
    } as unknown as BusClient;
    return startSealedWorker(database, { bus } as unknown as TestTrail);
  };

  it.each(Object.keys(changes))('asks the trail before it locks the tenant: %s', async (name) => {
    const [tenantId, keyId] = await keyWithGrants();
    const fenced: boolean[] = [];
    const worker = await workerBy(async (asked) => void fenced.push(await isFenced(asked)));
    const grants = new ChangeGrants(worker.dataSource, runnerOf(worker));
    for (let time = 0; time < 2; time++) {
      await changes[name]?.(grants, contextOf(tenantId), keyId);
      expect(fenced.length).toBeGreaterThan(0);
      expect(fenced.splice(0).filter(Boolean)).toEqual([]);
      await trail.seal();
    }
    await worker.stop();
  });

  /** How the owner of `ankadb_audit` has the trail not answer in time, or an outage does. */
  const silences = {
    'is away': (worker: SealedWorker) => worker.history.notAnswered(),
    'was asked in vain a moment ago, and answers': undefined,
    'answers too late': () => undefined,
  };
  const silent = Object.keys(changes).flatMap((name) =>
    (Object.keys(silences) as (keyof typeof silences)[]).map((silence) => [name, silence] as const),
  );
  it.each(silent)('takes no grant without the trail, and none that is hidden: %s, and it %s', async (name, silence) => {
    const [tenantId, keyId] = await keyWithGrants();
    let answers = true;
    const worker = await workerBy(async () => {
      if (!answers) throw new AnkaError('deadline-exceeded');
    });
    const grants = new ChangeGrants(worker.dataSource, runnerOf(worker));
    await grants.put(contextOf(tenantId), { id: keyId, grants: rightsOf(grantees) });
    await trail.seal();
    vi.useFakeTimers({ toFake: ['performance'], now: Date.now() });
    vi.advanceTimersByTime(120_000);
    answers = silences[silence] === undefined;
    if (answers) worker.history.notAnswered();
    else silences[silence]?.(worker);
    const changed = hiding(worker, undefined, async () => changes[name]?.(grants, contextOf(tenantId), keyId));
    const refused = { code: 'audit-unavailable', retryable: true };
    await expect(changed.finally(() => vi.useRealTimers())).rejects.toMatchObject(refused);
    expect(await isHeld(tenantId, keyId)).toBe(true);
    answers = true;
    await changes[name]?.(grants, contextOf(tenantId), keyId);
    await worker.stop();
  });

  const isHeld = async (tenantId: string, keyId: string): Promise<boolean> => {
    const where = `tenant_id = $1 AND key_id = $2 AND grantee = 'bob'`;
    const rows = await database.superuser.query<unknown[]>(`SELECT FROM key_grant WHERE ${where}`, [tenantId, keyId]);
    return rows.length > 0;
  };

  /** Runs a change while the database hides all rows of a table until the tenant is locked, and Bob's grant from then on. */
  const hiding = (worker: SealedWorker, table: string | undefined, work: () => Promise<unknown>) => {
    let isLocked = false;
    const read = (statement: string, from: string | undefined, where: string): string =>
      statement.startsWith('SELECT')
        ? statement.replace(`FROM "${from}" `, `FROM (SELECT * FROM "${from}" WHERE ${where}) `)
        : statement;
    return withOtherStatements(
      worker.dataSource,
      (statement) => {
        isLocked ||= statement.includes('pg_advisory_xact_lock(fence_of');
        return isLocked ? read(statement, 'key_grant', `grantee <> 'bob'`) : read(statement, table, 'false');
      },
      work,
    );
  };

  /** What a change looks at before it locks anything, by table. */
  const lies = Object.keys(changes).flatMap((name) =>
    ['key', 'tenant_policy', 'key_grant'].map((table) => [name, table] as const),
  );
  it.each(lies)('is refused if the database hides a grant: %s, with %s hidden before', async (name, table) => {
    const [tenantId, keyId] = await keyWithGrants();
    const worker = await startSealedWorker(database, trail);
    const grants = new ChangeGrants(worker.dataSource, runnerOf(worker));
    const context: Context = { ...contextOf(tenantId), roles: ['user'] };
    const changed = hiding(worker, table, async () => changes[name]?.(grants, context, keyId));
    await expect(changed).rejects.toThrow(/^(decision|record)-outdated/);
    expect(await isHeld(tenantId, keyId)).toBe(true);
    await worker.stop();
  });

  it.each(Object.keys(changes))(
    'is refused if the database hides a grant, and its first look fails: %s',
    async (name) => {
      const [tenantId, keyId] = await keyWithGrants();
      let asked = 0;
      const worker = await workerBy(async () => {
        if (asked++ === 0) throw new AnkaError('deadline-exceeded');
      });
      const grants = new ChangeGrants(worker.dataSource, runnerOf(worker));
      const changed = hiding(worker, undefined, async () => changes[name]?.(grants, contextOf(tenantId), keyId));
      await expect(changed).rejects.toThrow(/^(audit-unavailable|record-outdated)/);
      expect(await isHeld(tenantId, keyId)).toBe(true);
      await worker.stop();
    },
  );
});
