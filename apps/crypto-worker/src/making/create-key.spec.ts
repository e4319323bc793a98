import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AlgorithmName, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { AnkaError, type ErrorCode, type KeyState, monotonicNow } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Capability, Custody } from '../custody/custody.js';
import { failureOf } from '../jose/testing/failure.js';
import { Lease } from '../lease/lease.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { KeyMakingRunner } from '../outcome/key-making.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import type { Quotas } from '../quota/quotas.js';
import { objectMakerOn } from '../testing/object-maker.js';
import {
  contextOf,
  ownClock,
  partitionNamed,
  silent,
  startWorkerDatabase,
  uncertified,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { CreateKey } from './create-key.js';
import { KeyRoom } from './key-room.js';
import { VersionMaker } from './make-version.js';
import type { KeySource, Supply } from './plan-creation.js';

/** A token whose self-tests take as long as a test wants. A call that makes a key fails the test. */
class SlowToken {
  readonly kind = 'token';
  readonly token = { label: 't', serial: 's' };
  readonly uri = () => 'pkcs11:';
  asked = 0;
  made = 0;
  destroyed = 0;
  constructor(readonly selfTest: () => Promise<void>) {}

  known(algorithm: AlgorithmName, purpose: Purpose): Capability {
    const outsideSteps = algorithm.startsWith('RSA') && purpose === 'encrypt' ? ['oaep-unpadding'] : [];
    return { algorithm, purpose, algs: joseAlgs(algorithm, purpose), excluded: [], outsideSteps };
  }

  async capability(_: unknown, algorithm: AlgorithmName, purpose: Purpose): Promise<Capability> {
    this.asked++;
    await this.selfTest();
    return this.known(algorithm, purpose);
  }

  async generate(): Promise<never> {
    this.made++;
    throw new AnkaError('hsm-error');
  }

  async destroy(): Promise<number> {
    this.destroyed++;
    return 0;
  }
}

describe('a key that cannot be made', () => {
  let database: WorkerDatabase;
  let outcomes: GroupCommit;
  let lease: Lease;
  let tenantId: string;
  let mostKeys: number | undefined;
  let mostObjects: number | undefined;

  const creatorOf = (token: SlowToken): CreateKey => {
    const custody = token as unknown as Custody;
    const { dataSource } = database;
    const maker = objectMakerOn(database, custody, lease);
    const quotas = { keysOf: () => mostKeys, objectsOf: () => mostObjects } as unknown as Quotas;
    const room = new KeyRoom(dataSource, quotas);
    const versions = new VersionMaker(partitionNamed('default'), custody, maker, undefined as never, room);
    const makings = new KeyMakingRunner(new EnforcedPolicies(dataSource, ownClock, uncertified), outcomes, ownClock);
    return new CreateKey(dataSource, custody, makings, versions, room);
  };
  const requestFor = (algorithm: AlgorithmName) =>
    ({ algorithm, purpose: 'encrypt', label: 'x', purgeProtection: false }) as const;
  const create = async (token: SlowToken, algorithm: AlgorithmName, ms: number): Promise<unknown> => {
    const context = { ...contextOf(tenantId), deadline: monotonicNow() + ms };
    return failureOf(() => creatorOf(token).create(context, requestFor(algorithm)));
  };
  const recordKey = async (state: KeyState): Promise<void> => {
    const id = randomUUID();
    await database.superuser.query(
      `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'k', 'AES-256', 'encrypt', '{dir}', 'x')`,
      [tenantId, id],
    );
    await database.superuser.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id)
       VALUES ($1, $2, 1, $3, 'token', 'default', 't', 's', $4)`,
      [tenantId, id, state, Buffer.from(id.replaceAll('-', ''), 'hex')],
    );
  };
  const expectRefused = async (failure: unknown, code: ErrorCode, operation = 'key.create'): Promise<void> => {
    expect(failure).toMatchObject({ code });
    expect(await database.events()).toMatchObject([{ operation, outcome: 'failure', failureCode: code }]);
    expect(await database.superuser.query('SELECT 1 FROM intent')).toEqual([]);
  };

  beforeAll(async () => {
    database = await startWorkerDatabase();
    outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
    lease = new Lease(database.config, silent);
  });
  afterAll(async () => {
    await lease.release();
    await outcomes.close();
    await database.stop();
  });
  beforeEach(async () => {
    mostKeys = undefined;
    tenantId = randomUUID();
    const policy = { allowedAlgorithms: ['RSA-4096', 'AES-256'], fipsOnly: true };
    await database.superuser.query('DELETE FROM outbox');
    await database.superuser.query('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', [
      tenantId,
      JSON.stringify(policy),
    ]);
  });

  it('because of the policy does not wait for a self-test', async () => {
    const token = new SlowToken(() => new Promise(() => undefined));
    await expectRefused(await create(token, 'RSA-4096', 5_000), 'policy-refused');
    expect(token.asked).toBe(0);
  });

  it('because its self-test does not end in time is refused with that reason', async () => {
    const token = new SlowToken(() => Promise.reject(new AnkaError('hsm-timeout')));
    await expectRefused(await create(token, 'AES-256', 5_000), 'hsm-timeout');
  });

  it('because the tenant has reached its limit is refused without a call to the HSM; destroyed keys do not count', async () => {
    mostKeys = 2;
    const states = ['ACTIVE', 'SUSPENDED', 'DESTROYED'] as const;
    for (const state of states) await recordKey(state);
    const token = new SlowToken(() => Promise.resolve());
    await expectRefused(await create(token, 'AES-256', 5_000), 'quota-exceeded');
    expect(token.made).toBe(0);
    mostKeys = 3;
    const late = new SlowToken(() => sleep(60));
    expect(await create(late, 'AES-256', 50)).toMatchObject({ code: 'deadline-exceeded' });
  });

  it('because its caller has gone leaves no intent and does not call the HSM', async () => {
    const token = new SlowToken(() => sleep(60));
    await expectRefused(await create(token, 'AES-256', 50), 'deadline-exceeded');
    expect(token.made).toBe(0);
  });

  describe('from another source', () => {
    const from = (supply: Supply): KeySource => ({
      operation: 'key.import',
      details: {},
      prepare: async () => supply,
    });
    const swift = () => new SlowToken(() => Promise.resolve());

    it('because the key that it uses has reached its quota leaves nothing to clean up', async () => {
      const token = swift();
      const source = from({
        begin: () => {
          throw new AnkaError('quota-exceeded');
        },
        make: () => token.generate(),
      });
      const context = contextOf(tenantId);
      const failure = await failureOf(() => creatorOf(token).create(context, requestFor('AES-256'), source));
      await expectRefused(failure, 'quota-exceeded', 'key.import');
      expect([token.made, token.destroyed]).toEqual([0, 0]);
      await expect(
        creatorOf(token).create({ ...context, dryRun: true }, requestFor('AES-256'), source),
      ).resolves.toMatchObject({
        succeeds: true,
      });
    });

    it('reports the quota left of the key that it was made with', async () => {
      const left = { quota: 2, window: 2, remaining: 1, seconds: 1 };
      const source = from({
        begin: (told) => {
          told(left);
          return () => undefined;
        },
        make: async () => ({ spki: null, wrapped: null }),
      });
      const made = await creatorOf(swift()).create(contextOf(tenantId), requestFor('AES-256'), source);
      expect(made).toMatchObject({ key: { algorithm: 'AES-256' }, keyQuota: left });
    });

    it('because the HSM refuses it ends its use of the other key', async () => {
      const token = swift();
      let under = 0;
      const source = from({
        begin: () => {
          under++;
          return () => void under--;
        },
        make: () => {
          expect(under).toBe(1);
          return token.generate();
        },
      });
      const failure = await failureOf(() =>
        creatorOf(token).create(contextOf(tenantId), requestFor('AES-256'), source),
      );
      await expectRefused(failure, 'hsm-error', 'key.import');
      expect([token.made, token.destroyed, under]).toEqual([1, 1, 0]);
    });
  });
});
