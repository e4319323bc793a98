import { randomUUID } from 'node:crypto';
import { monotonicNow, platformTenantId } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { honest, type Mistake, mistaking } from '@ankasecure/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';
import { canRepeat } from './earlier-tenant.js';

describe('tenants', () => {
  let policy: RunningPolicy;
  beforeAll(async () => {
    policy = await startPolicy();
    policy.worker.behaviour = 'fail';
    await policy.startInstance();
  });
  afterEach(() => {
    policy.worker.behaviour = 'apply';
  });
  afterAll(() => policy.stop());

  it('start with the platform’s own tenant, as soon as a worker answers', async () => {
    const { health } = (await policy.startInstance()).parts;
    health.markStarted();
    expect((await health.readiness()).parts['platform-tenant']).toBe('failed');
    expect(await errorOf(policy.getTenant(platformTenantId))).toMatchObject({
      code: 'policy-not-applied',
      retryable: true,
    });
    policy.worker.behaviour = 'apply';
    await eventually(async () => expect((await health.readiness()).parts['platform-tenant']).toBe('ok'));
    expect(await policy.getTenant(platformTenantId)).toMatchObject({ slug: 'platform', partition: 'default' });
    expect(policy.worker.enforced.get(platformTenantId)).toEqual({
      revision: 1,
      document: initialPolicy,
      disabled: false,
    });
    await eventually(() => expect(policy.eventsOf(platformTenantId)).toHaveLength(1));
    expect(policy.eventsOf(platformTenantId)[0]).toMatchObject({ operation: 'tenant.create', userId: 'policy' });
  });

  it('are created with a policy in force, and are reported in their own trail and in the platform’s', async () => {
    const id = randomUUID();
    const tenant = await policy.create('acme', { resourceId: id, correlationId: 'req-7' }, 'ACME Payments');
    expect(tenant).toMatchObject({ id, slug: 'acme', name: 'ACME Payments', partition: 'default' });
    expect(policy.worker.enforced.get(id)?.revision).toBe(1);
    expect(await policy.getTenant(id)).toEqual(tenant);
    expect(await policy.get(id)).toMatchObject({
      version: 1,
      ...initialPolicy,
      changedBy: 'alice',
      pendingVersion: null,
    });
    await eventually(() => expect(policy.eventsOf(id)).toHaveLength(1));
    expect(policy.eventsOf(id)[0]).toMatchObject({
      operation: 'tenant.create',
      outcome: 'success',
      userId: 'alice',
      correlationId: 'req-7',
      details: { slug: 'acme', name: 'ACME Payments', partition: 'default', policyVersion: '1' },
    });
    const seenByPlatform = policy.eventsOf(platformTenantId).filter(({ details }) => details?.['tenantId'] === id);
    expect(seenByPlatform).toMatchObject([
      {
        operation: 'tenant.create',
        outcome: 'success',
        userId: 'alice',
        correlationId: 'req-7',
        details: { slug: 'acme', name: 'ACME Payments', partition: 'default', policyVersion: '1' },
      },
    ]);
    expect(seenByPlatform[0]?.eventId).not.toBe(policy.eventsOf(id)[0]?.eventId);
  });

  it('keep the policy that workers enforce after this database was lost', async () => {
    const id = randomUUID();
    const document = { ...initialPolicy, fipsOnly: true };
    policy.worker.enforced.set(id, { revision: 5, document, disabled: false });
    expect(await policy.create('restored', { resourceId: id })).toMatchObject({ id });
    expect(await policy.get(id)).toMatchObject({ version: 5, fipsOnly: true, changedBy: 'policy' });
    await eventually(() => expect(policy.eventsOf(id)).toHaveLength(2));
    expect(policy.eventsOf(id)).toMatchObject([
      { operation: 'tenant.create', details: { policyVersion: '5' } },
      { operation: 'policy.adopt', details: { toVersion: '5' } },
    ]);
  });

  it.each(['nope', 'Default', 'default2', 'second.key', '*', 'x'.repeat(64)])(
    'are refused on a partition %s that the platform does not have, with the names of those that it has, on record',
    async (partition) => {
      const before = policy.eventsOf(platformTenantId).length;
      const { code, detail } = await errorOf(policy.create('elsewhere', {}, 'Elsewhere', partition));
      expect([code, detail]).toEqual(['partition-not-found', expect.stringMatching(/\bdefault\b.*\bsecond\b/)]);
      await eventually(() => expect(policy.eventsOf(platformTenantId).length).toBeGreaterThan(before));
      expect(policy.eventsOf(platformTenantId).at(-1)).toMatchObject({ failureCode: 'partition-not-found' });
    },
  );

  it('can live on every partition that the platform says it has', async () => {
    const { partitions } = await policy.partitions();
    expect(partitions).toEqual(['default', 'second']);
  });

  it('are created once, however often the call is repeated', async () => {
    const resourceId = randomUUID();
    const [first, second] = await Promise.all([
      policy.create('once', { resourceId }),
      policy.create('once', { resourceId }),
    ]);
    expect(second).toEqual(first);
    expect(await policy.create('once', { resourceId })).toEqual(first);
    await eventually(() => expect(policy.eventsOf(resourceId)).toHaveLength(1));
  });

  it('are returned to the same caller who repeats the same request without an Idempotency-Key, for a day', async () => {
    policy.worker.behaviour = 'fail';
    const again = () => policy.create('again', { resourceId: randomUUID() });
    expect(await errorOf(again())).toMatchObject({ code: 'policy-not-applied' });
    policy.worker.behaviour = 'apply';
    const first = await again();
    expect(await again()).toEqual(first);
    await eventually(() => expect(policy.eventsOf(first.id)).toHaveLength(1));
    expect(await errorOf(policy.create('again', {}, 'Another'))).toMatchObject({ code: 'tenant-exists' });
  });

  it('can be created again for a day after the first request', () => {
    const created = new Date('2026-03-28T12:00:00Z');
    expect(canRepeat(created, new Date('2026-03-29T11:59:59.999Z'))).toBe(true);
    expect(canRepeat(created, new Date('2026-03-29T12:00:00Z'))).toBe(false);
  });

  it('cannot share a slug', async () => {
    await policy.create('taken');
    expect(await errorOf(policy.create('taken', {}, 'Another'))).toMatchObject({ code: 'tenant-exists' });
    expect(await errorOf(policy.create('taken', { principal: 'bob' }))).toMatchObject({ code: 'tenant-exists' });
    const raced = await Promise.allSettled([policy.create('raced'), policy.create('raced')]);
    expect(raced.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('exist only when their policy is in force, which needs no further call', async () => {
    const id = randomUUID();
    policy.worker.behaviour = 'fail';
    const error = await errorOf(policy.create('slow', { resourceId: id }));
    expect(error).toMatchObject({ code: 'policy-not-applied', retryable: true });
    expect(await errorOf(policy.get(id))).toMatchObject({ code: 'policy-not-applied' });
    expect((await policy.list({ limit: 200 })).items.map(({ slug }) => slug)).not.toContain('slow');
    policy.worker.behaviour = 'apply';
    await eventually(async () =>
      expect((await policy.list({ limit: 200 })).items.map(({ slug }) => slug)).toContain('slow'),
    );
    expect(await policy.create('slow', { resourceId: id })).toMatchObject({ id });
    await eventually(() => expect(policy.eventsOf(id)).toHaveLength(1));
  });

  it('are listed by slug, page by page', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await policy.list({ limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ slug }) => slug));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['acme', 'again', 'once', 'platform', 'raced', 'restored', 'slow', 'taken']);
    expect(await errorOf(policy.list({ cursor: 'x.y' }))).toMatchObject({ code: 'cursor-invalid' });
  });

  it('are administered only by the platform’s own tenant', async () => {
    const id = await policy.tenant();
    expect(await errorOf(policy.create('mine', { tenantId: id }))).toMatchObject({ code: 'access-denied' });
    expect(await errorOf(policy.list({}, id))).toMatchObject({ code: 'access-denied' });
  });

  it('are unknown if nobody created them', async () => {
    expect(await errorOf(policy.getTenant(randomUUID()))).toMatchObject({ code: 'tenant-unknown' });
    expect(await errorOf(policy.get(randomUUID()))).toMatchObject({ code: 'tenant-unknown' });
    expect(await errorOf(policy.put(randomUUID(), { ifMatch: 1 }))).toMatchObject({ code: 'tenant-unknown' });
  });

  it('are read by their id, with their state', async () => {
    const id = await policy.tenant();
    expect(await policy.readTenant(id)).toMatchObject({ id, state: 'active' });
    expect(await errorOf(policy.readTenant(randomUUID()))).toMatchObject({ code: 'tenant-unknown' });
  });
});

describe('a tenant that is disabled', () => {
  let policy: RunningPolicy;
  let id: string;
  beforeAll(async () => {
    policy = await startPolicy();
    await policy.startInstance();
  });
  beforeEach(async () => {
    id = await policy.tenant();
  });
  afterEach(() => {
    policy.worker.behaviour = 'apply';
  });
  afterAll(() => policy.stop());
  const enforced = () => policy.worker.enforced.get(id);

  it('is disabled on the worker when the answer is there, once, and both trails say who and why', async () => {
    expect(await policy.turn(id, 'disable', {}, 'left')).toMatchObject({ id, state: 'disabled' });
    expect(enforced()).toEqual({ revision: 2, document: initialPolicy, disabled: true });
    expect(await policy.turn(id, 'disable')).toMatchObject({ state: 'disabled' });
    expect(await policy.getTenant(id)).toMatchObject({ state: 'disabled' });
    expect((await policy.list({ limit: 200 })).items.find((one) => one.id === id)).toMatchObject({ state: 'disabled' });
    expect((await policy.versions(id)).items).toMatchObject([{ version: 2, disabled: true }, { disabled: false }]);
    await eventually(() => expect(policy.eventsOf(id)).toHaveLength(3));
    const event = { operation: 'tenant.disable', userId: 'root', details: { policyVersion: '2', reason: 'left' } };
    const repeated = { operation: 'tenant.disable', userId: 'root', details: { unchanged: 'true' } };
    expect(policy.eventsOf(id)).toMatchObject([{ operation: 'tenant.create' }, event, repeated]);
    const seen = policy.eventsOf(platformTenantId).filter(({ operation }) => operation === 'tenant.disable');
    expect(seen).toMatchObject([{ ...event, details: { ...event.details, tenantId: id } }]);
  });

  it('changes no policy, and keeps it', async () => {
    await policy.put(id, { ifMatch: 1 }, { fipsOnly: true });
    await policy.turn(id, 'disable');
    for (const attempt of [() => policy.put(id, { ifMatch: 3 }), () => policy.rollback(id, 1, { ifMatch: 3 })])
      expect(await errorOf(attempt())).toMatchObject({ code: 'tenant-disabled', retryable: false });
    expect(JSON.parse((await policy.dryRun(id, { ifMatch: 3 }, {})).body.toString())).toMatchObject({
      error: { code: 'tenant-disabled' },
    });
    expect(await policy.get(id)).toMatchObject({ version: 3, fipsOnly: true });
    expect(await policy.turn(id, 'enable')).toMatchObject({ state: 'active' });
    expect(enforced()).toMatchObject({ revision: 4, document: { fipsOnly: true }, disabled: false });
    expect(await policy.put(id, { ifMatch: 4 })).toMatchObject({ version: 5, fipsOnly: false });
  });

  it('stays disabled where the database shows another tenant in its place', async () => {
    const other = await policy.tenant();
    await policy.turn(id, 'disable');
    const mistake: Mistake = { table: 'tenant', column: 'id', type: 'uuid', asked: id, told: other };
    await policy.query(mistaking(mistake));
    const refused = await errorOf(policy.put(id, { ifMatch: 2 }, { fipsOnly: true }));
    await policy.query(honest(mistake));
    expect(refused).toMatchObject({ code: 'record-forged', retryable: false });
    expect(enforced()).toEqual({ revision: 2, document: initialPolicy, disabled: true });
    expect(await policy.getTenant(id)).toMatchObject({ state: 'disabled' });
    await eventually(() =>
      expect(policy.eventsOf(platformTenantId)).toContainEqual(
        expect.objectContaining({
          operation: 'record.reject',
          details: { kind: 'tenant', id: other, reason: 'forged' },
        }),
      ),
    );
  });

  it('is disabled here at once while no worker answers, and enabled only when one has', async () => {
    policy.worker.behaviour = 'fail';
    expect(await errorOf(policy.turn(id, 'disable', { deadline: monotonicNow() + 1500 }))).toMatchObject({
      code: 'policy-not-applied',
    });
    expect(await policy.getTenant(id)).toMatchObject({ state: 'disabled' });
    policy.worker.behaviour = 'apply';
    await eventually(() => expect(enforced()).toMatchObject({ disabled: true }));
    await policy.turn(id, 'disable');
    policy.worker.behaviour = 'fail';
    expect(await errorOf(policy.turn(id, 'enable', { deadline: monotonicNow() + 1500 }))).toMatchObject({
      code: 'policy-not-applied',
    });
    expect(await policy.getTenant(id)).toMatchObject({ state: 'disabled' });
    policy.worker.behaviour = 'apply';
    await eventually(async () => expect(await policy.getTenant(id)).toMatchObject({ state: 'active' }));
  });

  it('stays disabled after this database forgot it', async () => {
    policy.worker.enforced.set(id, { revision: 2, document: initialPolicy, disabled: true });
    expect(await errorOf(policy.put(id, { ifMatch: 1 }, { fipsOnly: true }))).toMatchObject({
      code: 'precondition-failed',
    });
    expect(await policy.getTenant(id)).toMatchObject({ state: 'disabled' });
    expect(await errorOf(policy.put(id, { ifMatch: 2 }))).toMatchObject({ code: 'tenant-disabled' });
  });

  it('is switched by the platform’s administrators only, and the platform itself never is', async () => {
    for (const to of ['disable', 'enable'] as const) {
      expect(await errorOf(policy.turn(id, to, { roles: ['tenant-admin'] }))).toMatchObject({ code: 'access-denied' });
      expect(await errorOf(policy.turn(platformTenantId, to))).toMatchObject({ code: 'request-invalid' });
      expect(await errorOf(policy.turn(randomUUID(), to))).toMatchObject({ code: 'tenant-unknown' });
    }
    expect(JSON.parse((await policy.tryToDisable(id)).body.toString())).toMatchObject({ dryRun: true, succeeds: true });
    expect(await policy.getTenant(id)).toMatchObject({ state: 'active' });
  });
});
