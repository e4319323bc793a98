import { randomUUID } from 'node:crypto';
import { RecordHistory } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TenantSlugs } from '../tenant/tenant-slugs.js';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';
import { ReadTenant } from './read-tenant.js';

/** From which questions the owner of `ankadb_policy` hides a tenant's row; null for its deletion. */
const lies: Readonly<Record<string, string | null>> = {
  'hidden from questions by id or slug': `NOT current_query() ~ ' OR '`,
  'hidden from questions by slug': `NOT current_query() ~ 'slug" = '`,
  'hidden from questions by one id': `NOT current_query() ~ '("id"|slug"|id) = '`,
  'hidden from all that is read': `current_query() ~ '^(INSERT|UPDATE)'`,
  deleted: null,
};

let policy: RunningPolicy;
let instance: Awaited<ReturnType<RunningPolicy['startInstance']>>;
beforeAll(async () => {
  policy = await startPolicy();
  instance = await policy.startInstance();
  await policy.query('ALTER TABLE tenant DROP CONSTRAINT tenant_slug');
  await policy.query('CREATE POLICY all_rows ON tenant USING (true); ALTER TABLE tenant ENABLE ROW LEVEL SECURITY');
});
afterAll(() => policy.stop());

let slug: string;
let id: string;
const isSealed = (tenantId: string) => eventually(() => expect(policy.eventsOf(tenantId)).toHaveLength(1));
beforeEach(async () => {
  slug = `t-${randomUUID()}`;
  id = randomUUID();
  await policy.create(slug, { resourceId: id });
  await isSealed(id);
});
const hide = (lie: string, of = id) =>
  policy.query(
    lies[lie] === null
      ? `SET session_replication_role = replica; CREATE TABLE kept AS TABLE tenant; DELETE FROM tenant WHERE id = '${of}'`
      : `CREATE POLICY hidden ON tenant AS RESTRICTIVE FOR SELECT USING (id <> '${of}' OR (${lies[lie]}))`,
  );
const show = () =>
  policy.query(`DROP POLICY IF EXISTS hidden ON tenant;
    DO $$ BEGIN IF to_regclass('kept') IS NOT NULL THEN
      INSERT INTO tenant SELECT * FROM kept ON CONFLICT DO NOTHING; DROP TABLE kept; END IF; END $$`);
afterEach(async () => {
  vi.restoreAllMocks();
  await show();
  policy.audit.answers = true;
});
const startAnew = async () => {
  await policy.stopInstances();
  instance = await policy.startInstance();
};
const find = () => instance.app.get(ReadTenant, { strict: false }).find({ slug });
const own = () => policy.query(`SELECT id FROM tenant WHERE slug = '${slug}'`);

const processes = ['the process that made it', 'another process'] as const;
const cases = Object.keys(lies).flatMap((lie) => processes.map((which) => [lie, which] as const));

/** Whether a list of tenants by their ids shows the row: otherwise a process that has never seen it does not know its slug. */
const isShownByIds = (lie: string): boolean => /slug|one id/.test(lie);

describe('a slug that a tenant has', () => {
  const known = cases.filter(([lie, which]) => which !== 'another process' || isShownByIds(lie));
  it.each(known)('is given to no other, when its row is %s: %s', async (lie, which) => {
    await hide(lie);
    if (which === 'another process') await startAnew();
    const evil = randomUUID();
    const refused = await errorOf(policy.create(slug, { resourceId: evil }, 'Evil'));
    expect(['tenant-exists', 'record-outdated'], refused.message).toContain(refused.code);
    await show();
    expect(await own()).toEqual([{ id }]);
    // A process that has missed the row believes nothing of the tenant until it compares again.
    if (lie !== 'deleted') expect(await find()).toMatchObject({ id });
  });

  it.each(Object.keys(lies).filter((lie) => !isShownByIds(lie)))(
    'raises the alarm when it is given to another by a process that has never seen its row: %s',
    async (lie) => {
      await hide(lie);
      await startAnew();
      const [other, evil] = [randomUUID(), randomUUID()];
      await policy.create(`t-${randomUUID()}`, { resourceId: other });
      await policy.create(slug, { resourceId: evil }, 'Evil');
      // A tenant whose row is gone is one that the database is behind with, which has an alarm of its own.
      const { behind } = instance.app.get(RecordHistory, { strict: false });
      const isTold = () => behind.has(id) || policy.eventsOf(id).some(({ operation }) => operation === 'record.reject');
      await eventually(() => expect(isTold()).toBe(true));
      await show();
      if (lie !== 'deleted') expect((await errorOf(find())).code).toBe('record-forged');
    },
  );

  it('is not known to be free while the trail does not name the tenants', async () => {
    policy.audit.answers = false;
    const refused = await errorOf(policy.create(`t-${randomUUID()}`));
    expect(refused).toMatchObject({ code: 'audit-unavailable', retryable: true });
  });

  it.each(cases.filter(([lie]) => isShownByIds(lie)))('finds neither of two: one is %s, %s', async (lie, which) => {
    const evil = randomUUID();
    const slugs = instance.app.get(TenantSlugs, { strict: false });
    const unguarded = vi.spyOn(slugs, 'assertFree').mockResolvedValue();
    await hide('hidden from questions by id or slug');
    await policy.create(slug, { resourceId: evil }, 'Evil');
    await isSealed(evil);
    unguarded.mockRestore();
    await show();
    if (which === 'another process') await startAnew();
    for (const hidden of [id, evil]) {
      await hide(lie, hidden);
      expect((await errorOf(find())).code).toBe('record-forged');
      await show();
    }
  });
});
