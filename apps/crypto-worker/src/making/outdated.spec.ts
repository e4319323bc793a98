import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../custody/custody.conformance.js';
import type { Custody } from '../custody/custody.js';
import { KeyStore } from '../key/key-store.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { KeyMakingRunner } from '../outcome/key-making.js';
import { type EnforcedPolicies, enforcedPolicy } from '../policy/enforced-policy.js';
import {
  contextOf,
  insertKey,
  ownClock,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { CreateKey } from './create-key.js';
import type { KeyRoom } from './key-room.js';
import type { VersionMaker } from './make-version.js';
import { RotateKey } from './rotate-key.js';

/** A policy that changes faster than it can be read, so every decision is outdated. */
const policies = {
  of: async () => enforcedPolicy(1, { allowedAlgorithms: ['AES-256'], fipsOnly: false }, Date),
  forget: () => undefined,
} as unknown as EnforcedPolicies;

describe('an action that is abandoned because its decision is outdated again and again is recorded', () => {
  let database: WorkerDatabase;
  let outcomes: GroupCommit;
  const [tenantId, keyId] = [randomUUID(), randomUUID()];
  const custody = { kind: 'token', known: () => ({ algs: [], outsideSteps: [] }) } as unknown as Custody;
  const context = contextOf(tenantId);
  const request = { algorithm: 'EC-P256', label: 'x', purgeProtection: false } as const;

  beforeAll(async () => {
    database = await startWorkerDatabase();
    outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
    const { superuser } = database;
    await superuser.query('INSERT INTO tenant_policy VALUES ($1, 2, $2)', [tenantId, '{}']);
    await insertKey(superuser, tenantId, keyId);
  });
  afterAll(async () => {
    await outcomes.close();
    await database.stop();
  });
  beforeEach(() => database.superuser.query('DELETE FROM outbox'));

  const makings = () => new KeyMakingRunner(policies, outcomes, ownClock);
  const room = { assert: () => Promise.resolve(), assertForVersion: () => Promise.resolve() } as unknown as KeyRoom;
  const versions = { partition: { name: 'default' }, room } as VersionMaker;
  const creator = () => new CreateKey(database.dataSource, custody, makings(), versions, room);
  const expectOnRecord = async (work: Promise<unknown>, event: object): Promise<void> => {
    expect(await codeOf(work)).toBe('decision-outdated');
    expect(await database.events()).toMatchObject([
      { ...event, tenantId, outcome: 'failure', failureCode: 'decision-outdated' },
    ]);
  };

  it('if a key was to be made', async () => {
    const work = creator().create({ ...context, resourceId: randomUUID() }, request);
    await expectOnRecord(work, { operation: 'key.create', algorithm: 'EC-P256', details: { custody: 'token' } });
  });

  it('if it was a dry run', async () => {
    await expectOnRecord(creator().create({ ...context, dryRun: true }, request), { operation: 'dry-run.key.create' });
  });

  it('if a key was to be rotated', async () => {
    const { dataSource } = database;
    const keys = new KeyStore(dataSource);
    const rotator = new RotateKey(dataSource, custody, keys, makings(), versions);
    const work = rotator.rotate(context, { id: keyId, trigger: 'schedule' });
    await expectOnRecord(work, { operation: 'key.rotate', keyId, details: { trigger: 'schedule' } });
  });
});
