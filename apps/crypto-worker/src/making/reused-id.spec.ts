import { randomUUID } from 'node:crypto';
import { type AlgorithmName, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { AnkaError, type Context, newId } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../custody/custody.conformance.js';
import type { Custody } from '../custody/custody.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { Lease } from '../lease/lease.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { KeyMakingRunner } from '../outcome/key-making.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import { Quotas } from '../quota/quotas.js';
import { objectMakerOn } from '../testing/object-maker.js';
import { type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import {
  contextOf,
  ownClock,
  partitionNamed,
  silent,
  startWorkerDatabase,
  uncertified,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { type CreatedKey, CreateKey } from './create-key.js';
import { KeyRoom } from './key-room.js';
import { VersionMaker } from './make-version.js';

const tenantId = randomUUID();
const known = (algorithm: AlgorithmName, purpose: Purpose) => ({
  algorithm,
  purpose,
  algs: joseAlgs(algorithm, purpose),
  excluded: [],
  outsideSteps: [],
});

/** A token that keeps nothing, and counts what it makes. */
const token = {
  made: 0,
  kind: 'token',
  token: { label: 't', serial: 's' },
  uri: () => 'pkcs11:',
  known,
  capability: async (_: unknown, algorithm: AlgorithmName, purpose: Purpose) => known(algorithm, purpose),
  generate: async () => {
    token.made++;
    return { spki: null, wrapped: null };
  },
};

describe('the id of a new key', () => {
  let database: WorkerDatabase;
  let outcomes: GroupCommit;
  let lease: Lease;
  let owner: TableOwner;
  let trail: TestTrail;
  let worker: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
    lease = new Lease(database.config, silent);
    owner = new TableOwner(database);
    trail = new TestTrail(database);
    worker = await startSealedWorker(database, trail);
    await worker.change(tenantId, (manager) =>
      manager.insert(TenantPolicyRecord, { tenantId, revision: 1, document: initialPolicy }),
    );
    await trail.seal();
  });
  afterAll(async () => {
    await lease.release();
    await worker.stop();
    await outcomes.close();
    await database.stop();
  });

  const wanted = { algorithm: 'AES-256', purpose: 'encrypt', label: 'payroll', purgeProtection: false } as const;
  const create = async (id: string, request: object = {}, over: Partial<Context> = {}): Promise<CreatedKey> => {
    const custody = token as unknown as Custody;
    const { dataSource } = worker;
    const room = new KeyRoom(dataSource, new Quotas({ keys: 100, tenants: [] }));
    const maker = objectMakerOn({ ...database, dataSource }, custody, lease);
    const versions = new VersionMaker(partitionNamed('default'), custody, maker, undefined as never, room);
    const makings = new KeyMakingRunner(new EnforcedPolicies(dataSource, ownClock, uncertified), outcomes, ownClock);
    const creator = new CreateKey(dataSource, custody, makings, versions, room);
    const context = { ...contextOf(tenantId), resourceId: id, ...over };
    return (await creator.create(context, { ...wanted, ...request })) as CreatedKey;
  };
  const made = async (): Promise<string> => {
    const id = newId();
    await create(id);
    await trail.seal();
    return id;
  };
  /** No audit service answers. */
  const away = async (work: () => Promise<unknown>): Promise<void> => {
    const silence = vi.spyOn(trail.bus, 'request').mockRejectedValue(new AnkaError('service-unavailable'));
    try {
      await work();
    } finally {
      silence.mockRestore();
    }
  };

  it('is answered with the same key when the same request comes again', async () => {
    const id = await made();
    const before = token.made;
    expect((await create(id)).key).toMatchObject({ id, version: 1 });
    expect(token.made).toBe(before);
  });

  it.each([
    ['another person', {}, { principal: 'somebody else' }],
    ['another algorithm', { algorithm: 'AES-128' }, {}],
    ['another purpose', { purpose: 'wrap' }, {}],
    ['another custody', { custody: 'wrapped' }, {}],
    ['another label', { label: 'other' }, {}],
    ['another description', { description: 'other' }, {}],
    ['other metadata', { metadata: { a: 'b' } }, {}],
    ['purge protection', { purgeProtection: true }, {}],
  ])('of a key that exists is refused for a request of %s', async (_, request, over) => {
    const id = await made();
    const before = token.made;
    expect(await codeOf(create(id, request, over))).toBe('record-outdated');
    expect(token.made).toBe(before);
  });

  it('that a lost key had is never used again', async () => {
    const id = await made();
    const before = token.made;
    await owner.run(`DELETE FROM key_version WHERE key_id = '${id}'`, `DELETE FROM key WHERE id = '${id}'`);
    for (const over of [{}, { principal: 'somebody else' }])
      expect(await codeOf(create(id, {}, over))).toBe('record-outdated');
    expect(token.made).toBe(before);
  });

  it('may be made while no audit service answers, if it is new', async () => {
    const old = '01900000-0000-7000-8000-000000000000';
    await away(async () => {
      for (const id of [old, randomUUID()]) expect(await codeOf(create(id))).toBe('audit-unavailable');
      expect((await create(newId())).key).toMatchObject({ version: 1 });
    });
  });
});
