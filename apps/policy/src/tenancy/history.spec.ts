import { randomUUID } from 'node:crypto';
import { type AuditEvent, monotonicNow, recordChangesOf } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { HistoryWatch, RecordHistory, recordOf, type Sealed } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import { Tenant } from '../tenant/tenant.entity.js';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

let policy: RunningPolicy;
let instance: Awaited<ReturnType<RunningPolicy['startInstance']>>;
let id: string;
beforeAll(async () => {
  policy = await startPolicy();
  instance = await policy.startInstance();
});
beforeEach(async () => {
  id = await policy.tenant();
});
afterEach(() => {
  policy.audit.answers = true;
  policy.worker.behaviour = 'apply';
});
afterAll(() => policy.stop());

const tables = ['tenant', 'policy_version', 'record_position'] as const;
type Table = (typeof tables)[number];
const ownRows = (table: Table): string => `${table} WHERE ${table === 'tenant' ? 'id' : 'tenant_id'} = '${id}'`;
/** Whoever owns the database obeys none of its rules. */
const asOwner = (sql: string) => policy.query(`SET session_replication_role = replica; ${sql}`);
/** Keeps the tenant's rows as they are, for `putBack`. */
const keep = () =>
  policy.query(
    tables
      .map(
        (table) => `DROP TABLE IF EXISTS old_${table}; CREATE TABLE old_${table} AS SELECT * FROM ${ownRows(table)};`,
      )
      .join(''),
  );
const putBack = (...of: readonly Table[]) =>
  asOwner(
    of.map((table) => `DELETE FROM ${ownRows(table)}; INSERT INTO ${table} SELECT * FROM old_${table};`).join(''),
  );
/** What the trail says of one of the tenant's records. */
const head = (record: string) => policy.audit.headsOf(id).get(record);
const isSealed = (record: string, state: string) => eventually(() => expect(head(record)).toMatchObject({ state }));
const compare = () => instance.app.get(HistoryWatch, { strict: false }).compare();
/** Another process takes over. It has compared nothing yet. */
const startAnew = async () => {
  await policy.stopInstances();
  instance = await policy.startInstance();
};
const outdated = { code: 'record-outdated', retryable: false };

describe('an older or missing record of the policy service', () => {
  /** Makes version 2 of the policy, which a restored row would undo. */
  const change = async () => {
    await keep();
    await policy.put(id, { ifMatch: 1 }, { fipsOnly: true });
    await isSealed('policy_version 2', 'active');
  };

  const isOnRecord = (event: object) =>
    eventually(() => expect(policy.eventsOf(id)).toContainEqual(expect.objectContaining(event)));

  it.each<readonly [string, () => Promise<unknown>]>([
    ['aged with all of its versions', () => putBack('policy_version')],
    [
      'aged, in the place of a newer one',
      () =>
        asOwner(`DELETE FROM ${ownRows('policy_version')} AND version = 2; UPDATE policy_version v SET state = o.state, seal = o.seal, record_revision = o.record_revision
       FROM old_policy_version o WHERE (v.tenant_id, v.version) = (o.tenant_id, o.version)`),
    ],
    ['deleted at its newest version', () => asOwner(`DELETE FROM ${ownRows('policy_version')} AND version = 2`)],
    ['deleted in all versions', () => asOwner(`DELETE FROM ${ownRows('policy_version')}`)],
  ])('is refused: a policy %s', async (_, attack) => {
    await change();
    await attack();
    await startAnew();
    const uses = [
      () => policy.get(id),
      () => policy.put(id, { ifMatch: 1 }),
      () => policy.rollback(id, 1, { ifMatch: 1 }),
    ];
    for (const use of uses) expect(await errorOf(use())).toMatchObject(outdated);
    expect(policy.worker.enforced.get(id)).toMatchObject({ revision: 2, document: { fipsOnly: true } });
    await isOnRecord({ operation: 'policy.put', failureCode: 'record-outdated' });
  });

  it('is refused: the version in force deleted below one that failed', async () => {
    await change();
    policy.worker.behaviour = 'refuse';
    await errorOf(policy.put(id, { ifMatch: 2 }));
    await isSealed('policy_version 3', 'failed');
    await asOwner(`DELETE FROM ${ownRows('policy_version')} AND version = 2`);
    expect(await errorOf(policy.get(id))).toMatchObject(outdated);
    await isOnRecord({
      operation: 'record.reject',
      failureCode: 'record-outdated',
      details: expect.objectContaining({ kind: 'policy_version' }) as unknown,
    });
    expect(await errorOf(policy.version(id, 2))).toMatchObject(outdated);
    expect(await errorOf(policy.version(id, 4))).toMatchObject({ code: 'policy-version-not-found' });
  });

  it('is refused: a tenant that was disabled since, and one that was deleted', async () => {
    await keep();
    await policy.turn(id, 'disable');
    await isSealed(`tenant ${id}`, 'disabled');
    await putBack('tenant');
    await startAnew();
    expect(await errorOf(policy.readTenant(id))).toMatchObject(outdated);
    expect(await errorOf(policy.put(id, { ifMatch: 2 }))).toMatchObject(outdated);
    expect(await policy.getTenant(id)).toMatchObject({ partition: 'default' });
    await asOwner(`DELETE FROM ${ownRows('tenant')}`);
    expect(await errorOf(policy.readTenant(id))).toMatchObject(outdated);
    expect(await errorOf(policy.put(id, { ifMatch: 2 }))).toMatchObject(outdated);
    expect(await errorOf(policy.readTenant(randomUUID()))).toMatchObject({ code: 'tenant-unknown' });
    await putBack('tenant');
  });

  it('is refused: a copy under another name', async () => {
    await asOwner(
      `INSERT INTO policy_version SELECT (jsonb_populate_record(v, '{"version": 2, "state": "superseded"}')).* FROM policy_version v WHERE tenant_id = '${id}'`,
    );
    expect(await errorOf(policy.version(id, 2))).toMatchObject({ code: 'record-forged' });
    const copy = randomUUID();
    await asOwner(
      `INSERT INTO tenant SELECT (jsonb_populate_record(t, '{"id": "${copy}", "slug": "copy-${copy}"}')).* FROM tenant t WHERE id = '${id}'`,
    );
    expect(await errorOf(policy.readTenant(copy))).toMatchObject({ code: 'record-forged' });
    await asOwner(`DELETE FROM tenant WHERE id = '${copy}'`);
  });
});

describe('the history', () => {
  it('names a tenant that is disabled from the request on when the workers have confirmed it', async () => {
    policy.worker.behaviour = 'fail';
    await errorOf(policy.turn(id, 'disable', { deadline: monotonicNow() + 1500 }));
    expect(await policy.readTenant(id)).toMatchObject({ state: 'disabled' });
    policy.worker.behaviour = 'apply';
    await isSealed(`tenant ${id}`, 'disabled');
    expect(await policy.readTenant(id)).toMatchObject({ state: 'disabled' });
  });

  it('is not needed for what was compared before', async () => {
    expect(await policy.get(id)).toMatchObject({ version: 1 });
    await startAnew();
    policy.audit.answers = false;
    expect(await errorOf(policy.get(id))).toMatchObject({ code: 'audit-unavailable', retryable: true });
    policy.audit.answers = true;
    expect(await policy.get(id)).toMatchObject({ version: 1 });
    policy.audit.answers = false;
    expect(await policy.get(id)).toMatchObject({ version: 1 });
  });
});

describe('an older ankadb_policy', () => {
  /** Whether it is named as behind with the tenant. Others were attacked before. */
  const isNamed = async () => {
    const { behind } = instance.app.get(RecordHistory, { strict: false });
    expect((await instance.parts.health.readiness()).behind ?? { ankadb_policy: 0 }).toEqual({
      ankadb_policy: behind.size,
    });
    return behind.has(id);
  };

  it('is named, refused, and brought up to date with the trail and the workers', async () => {
    await keep();
    await policy.put(id, { ifMatch: 1 }, { fipsOnly: true });
    await policy.turn(id, 'disable');
    await isSealed(`tenant ${id}`, 'disabled');
    await putBack(...tables);
    await compare();
    expect(await isNamed()).toBe(true);
    expect(await errorOf(policy.get(id))).toMatchObject(outdated);
    expect(await policy.list()).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id })]) as unknown,
    });
    const counts = { accepted: 2, lost: 2, reapplied: 0, removed: 0 };
    expect(await policy.restore(id, { dryRun: true })).toMatchObject({
      dryRun: true,
      restored: { policyVersion: 3, counts },
    });
    expect(await errorOf(policy.get(id))).toMatchObject(outdated);
    expect(await policy.restore(id)).toMatchObject({ policyVersion: 3, counts });
    expect(await policy.get(id)).toMatchObject({ version: 3, fipsOnly: true });
    expect(await policy.readTenant(id)).toMatchObject({ state: 'disabled' });
    await eventually(() => expect(head('policy_version 2')).toMatchObject({ digest: null }));
    await compare();
    expect(await isNamed()).toBe(false);
    expect(await policy.restore(id)).toMatchObject({ records: [] });
    expect(policy.eventsOf(id)).toContainEqual(
      expect.objectContaining({ operation: 'record.restore', userId: 'root' }),
    );
  });

  it('does not enable a tenant whose workers forgot as well that it is disabled', async () => {
    await keep();
    await policy.turn(id, 'disable');
    await isSealed(`tenant ${id}`, 'disabled');
    await putBack(...tables);
    policy.worker.enforced.set(id, { revision: 1, document: initialPolicy, disabled: false });
    await policy.restore(id);
    expect(policy.worker.enforced.get(id)).toMatchObject({ disabled: true });
    expect(await policy.readTenant(id)).toMatchObject({ state: 'disabled' });
  });

  /** The trail was restored with one of the databases. */
  const forgetInTrail = () => {
    const { sealed } = policy.audit;
    const names = ({ details }: AuditEvent) =>
      recordChangesOf(details)?.some((change) => change.kind === 'policy_version' && change.id === '2') === true;
    const kept = sealed.filter((event) => event.tenantId !== id || !names(event));
    sealed.splice(0, sealed.length, ...kept);
  };
  const outdatedPolicies = async () =>
    Number(
      /^ankasecure_enforced_policies_outdated_total(?:\{.*\})? (\d+)$/m.exec(
        await instance.parts.health.registry.metrics(),
      )?.[1],
    );

  it('is refused also if the trail forgot the same, because the workers enforce a newer policy', async () => {
    await keep();
    await policy.put(id, { ifMatch: 1 }, { fipsOnly: true });
    await isSealed('policy_version 2', 'active');
    await putBack(...tables);
    forgetInTrail();
    expect(head('policy_version 2')).toBeUndefined();
    await startAnew();
    await compare();
    expect(await isNamed()).toBe(true);
    expect(await errorOf(policy.get(id))).toMatchObject(outdated);
    expect(await errorOf(policy.put(id, { ifMatch: 1 }))).toMatchObject(outdated);
    expect(policy.worker.enforced.get(id)).toMatchObject({ revision: 2, document: { fipsOnly: true } });
    expect(await policy.restore(id)).toMatchObject({ policyVersion: 2 });
    await compare();
    expect(await isNamed()).toBe(false);
    expect(await policy.get(id)).toMatchObject({ version: 2, fipsOnly: true });
  });

  it('is not the older one if the workers enforce less: they get the policy in force again, and the alarm is raised', async () => {
    await policy.put(id, { ifMatch: 1 }, { fipsOnly: true });
    await isSealed('policy_version 2', 'active');
    const [before, asked] = [await outdatedPolicies(), policy.worker.asked.get(id) ?? 0];
    await compare();
    expect([await outdatedPolicies(), policy.worker.asked.get(id)]).toEqual([before, asked]);
    policy.worker.enforced.set(id, { revision: 1, document: initialPolicy, disabled: false });
    policy.worker.behaviour = 'fail';
    await compare();
    expect(policy.worker.enforced.get(id)).toMatchObject({ revision: 1 });
    policy.worker.behaviour = 'apply';
    await compare();
    expect(policy.worker.enforced.get(id)).toMatchObject({ revision: 2, document: { fipsOnly: true } });
    expect(await outdatedPolicies()).toBe(before + 2);
    expect(await policy.get(id)).toMatchObject({ version: 2 });
    await compare();
    expect(await outdatedPolicies()).toBe(before + 2);
  });

  it('is compared with the trail also while the workers do not answer, and is not refused for a change under way', async () => {
    policy.worker.behaviour = 'lose-reply';
    const change = errorOf(policy.put(id, { ifMatch: 1, deadline: monotonicNow() + 3000 }, { fipsOnly: true }));
    await eventually(() => expect(policy.worker.enforced.get(id)).toMatchObject({ revision: 2 }));
    await compare();
    expect(await isNamed()).toBe(false);
    await change;
    policy.worker.behaviour = 'apply';
    policy.worker.compares = false;
    await keep();
    await eventually(async () => expect(await policy.get(id)).toMatchObject({ version: 2 }));
    await isSealed('policy_version 2', 'active');
    await putBack(...tables);
    await compare();
    expect(await isNamed()).toBe(true);
    policy.worker.compares = true;
    await policy.restore(id);
  });

  it('is behind while it lacks a tenant, which only a newer backup brings back', async () => {
    await keep();
    await eventually(() => expect(head(`tenant ${id}`)).toBeDefined());
    await asOwner(tables.map((table) => `DELETE FROM ${ownRows(table)};`).join(''));
    await compare();
    expect(await isNamed()).toBe(true);
    expect(await errorOf(policy.restore(id))).toMatchObject(outdated);
    await putBack(...tables);
    await compare();
    expect(await isNamed()).toBe(false);
    expect(await policy.readTenant(id)).toMatchObject({ state: 'active' });
  });
});

describe('records of a release without a history', () => {
  /** Takes the places of the tenant's records away, under seals of that release. */
  const withoutPlaces = async () => {
    const { dataSource } = instance.parts;
    for (const entity of [Tenant, PolicyVersion]) {
      const metadata = dataSource.getMetadata(entity);
      const runner = dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.query(`SELECT set_config('ankasecure.tenant', '${id}', true)`);
      const rows = await runner.manager
        .createQueryBuilder<Sealed & { id?: string; version?: number }>(entity, 'record')
        .where(entity === Tenant ? { id } : { tenantId: id })
        .callListeners(false)
        .getMany();
      await runner.rollbackTransaction();
      await runner.release();
      for (const row of rows) {
        row.recordRevision = null;
        const { table, tenantId, digest } = recordOf('policy', row, metadata);
        const seal = policy.worker.sealOf({ table, tenantId, digest: digest.toString('base64url') });
        const one = row.version === undefined ? '' : ` AND version = ${row.version}`;
        await policy.query(
          `UPDATE ${table} SET record_revision = NULL, seal = decode('${Buffer.from(seal, 'base64url').toString('hex')}', 'hex')
           WHERE ${entity === Tenant ? 'id' : 'tenant_id'} = '${id}'${one}`,
        );
      }
    }
  };

  it('enter it once, and are refused without a place from then on', async () => {
    await policy.put(id, { ifMatch: 1 }, { fipsOnly: true });
    await isSealed('policy_version 2', 'active');
    await withoutPlaces();
    await keep();
    await policy.stopInstances();
    const others = policy.sealed.filter(({ tenantId }) => tenantId !== id);
    policy.sealed.splice(0, policy.sealed.length, ...others);
    policy.audit.answers = false;
    instance = await policy.startInstance();
    expect(await errorOf(policy.put(id, { ifMatch: 2 }))).toMatchObject({ code: 'audit-unavailable' });
    policy.audit.answers = true;
    await eventually(() =>
      expect(policy.eventsOf(id).at(-1)).toMatchObject({
        operation: 'record.adopt',
        details: { tenant: '1', policy_version: '2' },
      }),
    );
    expect([...policy.audit.headsOf(id).keys()].toSorted()).toEqual([
      'policy_version 1',
      'policy_version 2',
      `tenant ${id}`,
    ]);
    expect(await policy.put(id, { ifMatch: 2 })).toMatchObject({ version: 3 });
    await putBack('tenant', 'policy_version');
    expect(await errorOf(policy.get(id))).toMatchObject(outdated);
    await policy.stopInstances();
    instance = await policy.startInstance();
    expect(await errorOf(policy.readTenant(id))).toMatchObject(outdated);
  });
});
