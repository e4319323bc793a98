import { monotonicNow } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Behaviour, errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

const strict = { allowedAlgorithms: ['EC-P256', 'AES-256'], fipsOnly: true } as const;
const strictDocument = { allowedAlgorithms: [...strict.allowedAlgorithms], fipsOnly: true };

describe('a policy change', () => {
  let policy: RunningPolicy;
  let tenantId: string;
  beforeAll(async () => {
    policy = await startPolicy();
  });
  beforeEach(async () => {
    await policy.startInstance();
    tenantId = await policy.tenant();
  });
  afterEach(async () => {
    policy.worker.behaviour = 'apply';
    await policy.stopInstances();
  });
  afterAll(() => policy.stop());

  const soon = (ms = 2000) => ({ deadline: monotonicNow() + ms });
  /** Changes, not calls that were refused at once. */
  const puts = () =>
    policy
      .eventsOf(tenantId)
      .filter(({ operation, details }) => operation === 'policy.put' && details?.['toVersion'] !== undefined);
  const states = async (): Promise<Record<string, unknown>> => {
    const rows = await policy.query(`SELECT version, state FROM policy_version WHERE tenant_id = '${tenantId}'`);
    return Object.fromEntries(rows.map((row) => [String(row['version']), row['state']]));
  };
  /** Checks that callers read the policy that workers enforce, and that it was reported once. */
  const converged = (version: number) =>
    eventually(async () => {
      expect(await policy.get(tenantId)).toMatchObject({ version, ...strictDocument, pendingVersion: null });
      expect(policy.worker.enforced.get(tenantId)).toEqual({
        revision: version,
        document: strictDocument,
        disabled: false,
      });
      expect(puts()).toHaveLength(1);
    });

  it('is in force on the worker before it is answered, and reports the differences', async () => {
    const answer = await policy.put(tenantId, { ifMatch: 1, principal: 'bob', correlationId: 'req-9' }, strictDocument);
    expect(answer).toMatchObject({ version: 2, ...strictDocument, changedBy: 'bob', pendingVersion: null });
    expect(policy.worker.enforced.get(tenantId)).toEqual({ revision: 2, document: strictDocument, disabled: false });
    expect(await states()).toEqual({ 1: 'superseded', 2: 'active' });
    await converged(2);
    const removed = initialPolicy.allowedAlgorithms.filter(
      (name) => !strictDocument.allowedAlgorithms.includes(name as never),
    );
    expect(puts()[0]).toMatchObject({
      userId: 'bob',
      correlationId: 'req-9',
      outcome: 'success',
      details: { fromVersion: '1', toVersion: '2', removedAlgorithms: removed.join(' '), fipsOnly: 'false to true' },
    });
    expect(puts()[0]?.details).not.toHaveProperty('addedAlgorithms');
  });

  it('is recorded with its author’s issuer, also if it is finished in the background, and only its author can repeat it', async () => {
    const issuer = 'https://another.test';
    policy.worker.behaviour = 'fail';
    const put = () => policy.put(tenantId, { ifMatch: 1, issuer, ...soon() }, strictDocument);
    expect(await errorOf(put())).toMatchObject({ code: 'policy-not-applied' });
    policy.worker.behaviour = 'apply';
    await converged(2);
    expect(puts()[0]).toMatchObject({ userId: 'alice', details: { userIssuer: issuer } });
    expect(await put()).toMatchObject({ version: 2 });
    const namesake = policy.put(tenantId, { ifMatch: 1 }, strictDocument);
    expect(await errorOf(namesake)).toMatchObject({ code: 'precondition-failed' });
  });

  it('must name the version in force', async () => {
    expect(await errorOf(policy.put(tenantId))).toMatchObject({ code: 'precondition-required' });
    expect(await errorOf(policy.put(tenantId, { ifMatch: 2 }, strictDocument))).toMatchObject({
      code: 'precondition-failed',
    });
    await policy.put(tenantId, { ifMatch: 1 }, strictDocument);
    expect(await errorOf(policy.put(tenantId, { ifMatch: 1 }))).toMatchObject({ code: 'precondition-failed' });
    expect(await policy.put(tenantId, { ifMatch: 2 })).toMatchObject({ version: 3 });
  });

  it('is made once when its caller repeats it', async () => {
    const first = await policy.put(tenantId, { ifMatch: 1 }, strictDocument);
    expect(await policy.put(tenantId, { ifMatch: 1 }, strictDocument)).toEqual(first);
    expect(await errorOf(policy.put(tenantId, { ifMatch: 1, principal: 'bob' }, strictDocument))).toMatchObject({
      code: 'precondition-failed',
    });
  });

  it.each(['fail', 'hang', 'lose-reply'] as const)(
    'is not confirmed after this reaction of the worker: %s; and comes into force by itself',
    async (behaviour) => {
      policy.worker.behaviour = behaviour;
      const error = await errorOf(policy.put(tenantId, { ifMatch: 1, ...soon() }, strictDocument));
      expect(error).toMatchObject({ code: 'policy-not-applied', retryable: true });
      expect(await states()).toEqual({ 1: 'active', 2: 'pending' });
      policy.worker.behaviour = 'apply';
      if (behaviour !== 'fail') await policy.stopInstances().then(() => policy.startInstance());
      await converged(2);
      expect(await policy.put(tenantId, { ifMatch: 1 }, strictDocument)).toMatchObject({ version: 2 });
    },
  );

  it('delays the next change while it is pending, and readers see its version', async () => {
    policy.worker.behaviour = 'fail';
    await errorOf(policy.put(tenantId, { ifMatch: 1, ...soon() }, strictDocument));
    for (const ifMatch of [1, 2])
      expect(await errorOf(policy.put(tenantId, { ifMatch, ...soon() }))).toMatchObject({
        code: 'policy-pending',
        retryable: true,
      });
    expect(await policy.get(tenantId)).toMatchObject({ version: 1, ...initialPolicy, pendingVersion: 2 });
    policy.worker.behaviour = 'apply';
    // The call may still join an attempt at the second version that has already failed.
    await eventually(async () => expect(await policy.put(tenantId, { ifMatch: 2 })).toMatchObject({ version: 3 }));
    expect(await states()).toEqual({ 1: 'superseded', 2: 'superseded', 3: 'active' });
  });

  it.each<Behaviour>(['fail', 'hang', 'lose-reply'])(
    'survives the death of its instance after it was stored (worker: %s)',
    async (behaviour) => {
      policy.worker.behaviour = behaviour;
      const lost = errorOf(policy.put(tenantId, { ifMatch: 1, ...soon() }, strictDocument));
      await eventually(async () => expect(await states()).toEqual({ 1: 'active', 2: 'pending' }));
      await policy.stopInstances();
      await lost;
      policy.worker.behaviour = 'apply';
      await policy.startInstance();
      await converged(2);
    },
  );

  it('survives a database failure between the worker’s answer and its storage', async () => {
    await policy.query(`ALTER TABLE outbox ADD CONSTRAINT broken CHECK (events NOT LIKE '%${tenantId}%') NOT VALID`);
    const error = await errorOf(policy.put(tenantId, { ifMatch: 1, ...soon() }, strictDocument));
    expect(error).toMatchObject({ code: 'policy-not-applied' });
    expect(policy.worker.enforced.get(tenantId)?.revision).toBe(2);
    expect(await states()).toEqual({ 1: 'active', 2: 'pending' });
    await policy.query('ALTER TABLE outbox DROP CONSTRAINT broken');
    await converged(2);
  });

  it('is abandoned if the workers refuse it at once, and the next change continues', async () => {
    policy.worker.behaviour = 'refuse';
    const error = await errorOf(policy.put(tenantId, { ifMatch: 1 }, strictDocument));
    expect(error).toMatchObject({ code: 'request-invalid' });
    expect(await states()).toEqual({ 1: 'active', 2: 'failed' });
    await eventually(() => expect(puts()).toHaveLength(1));
    expect(puts()[0]).toMatchObject({
      outcome: 'failure',
      failureCode: 'request-invalid',
      details: { toVersion: '2' },
    });
    policy.worker.behaviour = 'apply';
    expect(await policy.put(tenantId, { ifMatch: 1 }, strictDocument)).toMatchObject({ version: 3 });
  });

  it('is not abandoned if an earlier attempt may have brought it into force', async () => {
    policy.worker.behaviour = 'lose-reply';
    await errorOf(policy.put(tenantId, { ifMatch: 1, ...soon() }, strictDocument));
    await policy.stopInstances();
    policy.worker.behaviour = 'refuse';
    await policy.startInstance();
    await eventually(() => expect(policy.worker.asked.get(tenantId)).toBeGreaterThan(2));
    expect(await states()).toEqual({ 1: 'active', 2: 'pending' });
    policy.worker.behaviour = 'apply';
    await converged(2);
  });

  it.each([
    ['with a later revision', 7],
    ['under the same revision', 2],
  ])('gives way to a policy that the workers enforce %s and this database does not know', async (_, revision) => {
    policy.worker.enforced.set(tenantId, { revision, document: strictDocument, disabled: false });
    const error = await errorOf(policy.put(tenantId, { ifMatch: 1, principal: 'bob' }, { fipsOnly: false }));
    expect(error).toMatchObject({ code: 'precondition-failed', retryable: false });
    expect(policy.worker.enforced.get(tenantId)).toEqual({ revision, document: strictDocument, disabled: false });
    expect(await policy.get(tenantId)).toMatchObject({
      version: revision,
      ...strictDocument,
      changedBy: 'policy',
      pendingVersion: null,
    });
    const events = () => policy.eventsOf(tenantId).filter(({ operation }) => operation !== 'tenant.create');
    await eventually(() => expect(events()).toHaveLength(2));
    expect(events()).toMatchObject([
      { operation: 'policy.put', outcome: 'failure', failureCode: 'precondition-failed', userId: 'bob' },
      {
        operation: 'policy.adopt',
        outcome: 'success',
        userId: 'policy',
        details: { fromVersion: '1', toVersion: String(revision), fipsOnly: 'false to true' },
      },
    ]);
    expect(await policy.put(tenantId, { ifMatch: revision })).toMatchObject({ ...initialPolicy });
    expect(policy.worker.enforced.get(tenantId)?.document).toEqual(initialPolicy);
  });

  it('has one winner among concurrent changes at two instances, and every version in force is reported once', async () => {
    await policy.startInstance();
    for (let version = 1; version <= 3; version++) {
      const calls = Array.from({ length: 6 }, (_, index) =>
        policy.put(tenantId, { ifMatch: version, principal: `user-${index}` }, { fipsOnly: index % 2 === 0 }),
      );
      const results = await Promise.allSettled(calls);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as { code: string }).code] : [],
      );
      expect(codes.every((code) => code === 'precondition-failed' || code === 'policy-pending')).toBe(true);
    }
    expect(await policy.get(tenantId)).toMatchObject({ version: 4, pendingVersion: null });
    await eventually(() =>
      expect(
        puts()
          .map(({ details }) => details?.['toVersion'])
          .toSorted(),
      ).toEqual(['2', '3', '4']),
    );
  });
});

describe('the policy database', () => {
  let policy: RunningPolicy;
  let app: DataSource;
  beforeAll(async () => {
    policy = await startPolicy();
    app = (await policy.startInstance()).parts.dataSource;
  });
  afterAll(() => policy.stop());

  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code,
    );

  it('has the tables that the entities describe', async () => {
    const { upQueries } = await app.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('shows and accepts a tenant’s versions only in that tenant’s transactions', async () => {
    const [a, b] = [await policy.tenant(), await policy.tenant()];
    expect(await app.query('SELECT 1 FROM policy_version')).toEqual([]);
    const rows = await withTenant(app, a, (manager) =>
      manager.query<{ tenant_id: string }[]>('SELECT tenant_id FROM policy_version'),
    );
    expect(rows).toEqual([{ tenant_id: a }]);
    const insert = `INSERT INTO policy_version (tenant_id, version, document, changed_by, correlation_id) VALUES ('${b}', 9, '{}', 'x', 'x')`;
    expect(await codeOf(withTenant(app, a, (manager) => manager.query(insert)))).toBe('42501');
  });

  it('does not let the service change or remove a version’s document', async () => {
    const id = await policy.tenant();
    for (const sql of [
      `UPDATE policy_version SET document = '{}'`,
      `UPDATE policy_version SET changed_by = 'x'`,
      'DELETE FROM policy_version',
      'DELETE FROM tenant',
      `UPDATE tenant SET slug = 'x'`,
    ])
      expect(await codeOf(withTenant(app, id, (manager) => manager.query(sql))), sql).toBe('42501');
  });

  it('holds at most one version in force and one pending', async () => {
    const id = await policy.tenant();
    const insert = (version: number, state: string) =>
      codeOf(
        policy.query(
          `INSERT INTO policy_version (tenant_id, version, document, state, changed_by, correlation_id) VALUES ('${id}', ${version}, '{}', '${state}', 'x', 'x')`,
        ),
      );
    expect(await insert(2, 'active')).toBe('23505');
    expect(await insert(3, 'failed')).toBe('done');
  });
});
