import { randomUUID } from 'node:crypto';
import { AnkaError, auditEvent } from '@ankasecure/contracts';
import { initialPolicy, type PolicyDocument } from '@ankasecure/policy-rules';
import { withTenant } from '@ankasecure/service-kit';
import type { EntityManager, EntitySubscriberInterface } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { DueDestructions } from '../life/due/due-destruction.js';
import { DueRotations } from '../life/due/due-rotation.js';
import { undecided } from '../outcome/fence.js';
import { GroupCommit } from '../outcome/group-commit.js';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import {
  contextOf,
  insertKey,
  ownClock,
  partitionNamed,
  silent,
  startWorkerDatabase,
  uncertified,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { ApplyPolicy } from './apply-policy.js';
import { CompareEnforced } from './compare-enforced.js';

const strict = { ...initialPolicy, fipsOnly: true };
/** Refuses every policy on record, as the check of seals does. */
class TestRefusal implements EntitySubscriberInterface<TenantPolicyRecord> {
  constructor(private readonly code: 'record-forged' | 'hsm-unavailable') {}

  listenTo = () => TenantPolicyRecord;

  afterLoad(): never {
    throw new AnkaError(this.code);
  }
}

/** Replaces the keys, as if the HSM had them already. */
const provisioned = { provision: () => Promise.resolve() } as unknown as PlatformKeys;

describe('applying a policy', () => {
  let database: WorkerDatabase;
  let policies: EnforcedPolicies;
  let tenantId: string;
  beforeAll(async () => {
    database = await startWorkerDatabase();
  });
  beforeEach(() => {
    policies = new EnforcedPolicies(database.dataSource, ownClock, uncertified);
    tenantId = randomUUID();
  });
  afterAll(() => database.stop());

  const apply = (revision: number, document: PolicyDocument, disabled = false) =>
    new ApplyPolicy(database.dataSource, provisioned, policies, database.outbox).apply(contextOf(tenantId), {
      revision,
      document,
      disabled,
    });

  it('enforces it and reports it, however often it is applied', async () => {
    expect(await apply(1, initialPolicy)).toEqual({ revision: 1, document: initialPolicy, disabled: false });
    for (const _ of ['once', 'again'])
      expect(await apply(2, strict)).toEqual({ revision: 2, document: strict, disabled: false });
    expect(await policies.of(tenantId)).toMatchObject({ revision: 2, document: strict });
  });

  it.each([2, 3])(
    'keeps revision 3 when it receives another document as revision %i, and reports what it enforces',
    async (late) => {
      await apply(3, strict);
      expect(await apply(late, initialPolicy)).toEqual({ revision: 3, document: strict, disabled: false });
      expect(await policies.of(tenantId)).toMatchObject({ revision: 3, document: strict });
    },
  );

  it('stops a tenant that is disabled, on a worker that knew it as enabled too, and an outcome decided before is dropped', async () => {
    await apply(1, strict);
    const others = new EnforcedPolicies(database.dataSource, ownClock, uncertified);
    const before = await others.of(tenantId);
    expect(await apply(2, strict, true)).toEqual({ revision: 2, document: strict, disabled: true });
    await expect(policies.of(tenantId)).rejects.toMatchObject({ code: 'tenant-disabled', retryable: false });
    await expect(others.latest(tenantId)).rejects.toMatchObject({ code: 'tenant-disabled' });
    const outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
    const event = auditEvent(contextOf(tenantId), { operation: 'sign' });
    expect(await outcomes.commit({ ...undecided(tenantId), policy: before }, event)).toBe(false);
    await outcomes.close();
    await apply(3, strict);
    expect(await policies.of(tenantId)).toMatchObject({ revision: 3 });
  });

  it('tells the policy service what differs from its own versions, and nothing of a record that it refuses or another partition has', async () => {
    await apply(3, strict);
    const compare = (inForce: number, newest: number, dataSource = database.dataSource) =>
      new CompareEnforced(dataSource).compare({
        held: [
          { tenantId, inForce, newest },
          { tenantId: none, inForce: 0, newest: 4 },
        ],
      });
    const none = randomUUID();
    const differs = { differing: [{ tenantId, revision: 3 }] };
    for (const [inForce, newest] of [
      [3, 3],
      [2, 3],
      [3, 4],
      [1, 5],
    ] as const)
      expect(await compare(inForce, newest)).toEqual({ differing: [] });
    for (const [inForce, newest] of [
      [4, 4],
      [1, 2],
      [0, 0],
      [4, 5],
    ] as const)
      expect(await compare(inForce, newest)).toEqual(differs);
    expect(
      await new CompareEnforced(database.dataSource).compare({ held: [{ tenantId: none, inForce: 1, newest: 1 }] }),
    ).toEqual({
      differing: [{ tenantId: none, revision: 0 }],
    });
    const { dataSource: elsewhere } = await database.as('elsewhere');
    await database.superuser.query(
      `INSERT INTO tenant_home (tenant_id, partition) VALUES ($1, 'default') ON CONFLICT DO NOTHING`,
      [tenantId],
    );
    expect(await compare(4, 4, elsewhere)).toEqual({ differing: [] });
    const refused = new TestRefusal('record-forged');
    database.dataSource.subscribers.push(refused);
    expect(await compare(4, 4)).toEqual({ differing: [] });
    database.dataSource.subscribers.splice(
      database.dataSource.subscribers.indexOf(refused),
      1,
      new TestRefusal('hsm-unavailable'),
    );
    await expect(compare(4, 4)).rejects.toMatchObject({ code: 'hsm-unavailable' });
    database.dataSource.subscribers.pop();
    expect(await compare(4, 4)).toEqual(differs);
  });

  it('neither rotates nor destroys what is due in a disabled tenant, and lets a day pass when it is enabled', async () => {
    const { superuser } = database;
    await apply(1, strict);
    const [rotated, destroyed] = [randomUUID(), randomUUID()];
    for (const id of [rotated, destroyed]) await insertKey(superuser, tenantId, id);
    await superuser.query(
      `INSERT INTO rotation_policy (tenant_id, key_id, interval, interval_seconds, next_at, set_by)
       VALUES ($1, $2, 'P1D', 86400, now() - interval '1 h', 'x')`,
      [tenantId, rotated],
    );
    await superuser.query(
      `UPDATE key_version SET state = 'DESTROY_SCHEDULED', destroy_at = now() - interval '1 h' WHERE key_id = $1`,
      [destroyed],
    );
    const due = async (): Promise<readonly string[]> => {
      const partition = partitionNamed('default');
      const all = await Promise.all([
        new DueRotations(database.dataSource, partition, database.outbox).list(),
        new DueDestructions(database.dataSource, partition).list(),
      ]);
      return all.flat().flatMap((one) => (one.tenantId === tenantId ? [one.keyId] : []));
    };
    expect(await due()).toEqual([rotated, destroyed]);
    const [found] = await new DueDestructions(database.dataSource, partitionNamed('default')).list();
    await apply(2, strict, true);
    expect(await due()).toEqual([]);
    const still = (manager: EntityManager) =>
      new DueDestructions(database.dataSource, partitionNamed('default'))
        .confirm(manager, found ?? expect.fail())
        .then((confirmed) => confirmed !== undefined);
    expect(await withTenant(database.dataSource, tenantId, still)).toBe(false);
    await apply(3, strict);
    expect(await due()).toEqual([rotated]);
    await superuser.query(`UPDATE tenant_policy SET enabled_at = enabled_at - interval '1 day' WHERE tenant_id = $1`, [
      tenantId,
    ]);
    await superuser.query(`UPDATE key_version SET destroy_at = destroy_at - interval '1 day' WHERE key_id = $1`, [
      destroyed,
    ]);
    expect(await due()).toEqual([rotated, destroyed]);
  });
});
