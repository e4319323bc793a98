import { randomBytes, randomUUID } from 'node:crypto';
import type { AuditEvent, EventName } from '@ankasecure/contracts';
import { auditEvent } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { always } from '../key/key-state.js';
import type { KeyVersion } from '../key/key-version.js';
import { enforcedPolicy } from '../policy/enforced-policy.js';
import { contextOf, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { type Committed, commitOutcomes, outcomeValues } from './commit-outcomes.sql.js';
import type { Fence } from './fence.js';
import { addTo, emptyGroup, type Group, placeGroups, recordedRows, verdictsOf } from './outcome-group.js';

const slot = 3;

/** A group as it is generated: everything that a commit's result depends on. */
interface Plan {
  readonly tenant: number;
  readonly key: number;
  readonly operation: 'sign' | 'verify';
  readonly holds: 'yes' | 'policy' | 'key' | 'later' | 'ended';
  readonly bundle: number | null;
  readonly events: number;
  readonly used: boolean;
  readonly fallback: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  tenant: fc.integer({ min: 0, max: 2 }),
  key: fc.integer({ min: 0, max: 2 }),
  operation: fc.constantFrom('sign', 'verify'),
  holds: fc.oneof(
    { weight: 6, arbitrary: fc.constant('yes' as const) },
    { weight: 1, arbitrary: fc.constantFrom('policy', 'key', 'later', 'ended') },
  ),
  bundle: fc.option(fc.integer({ min: 1, max: 2 })),
  events: fc.integer({ min: 1, max: 3 }),
  used: fc.boolean(),
  fallback: fc.boolean(),
});

/** The last of a tenant's keys has a later version that has changed: what is signed with the earlier one is outdated. */
const followed = 2;

/** The commit of the release before the migration `set-of-outcomes`: its lists of events have brackets, and no groups share a row. */
const formerCommit = {
  text: `SELECT written, outdated, at FROM commit_outcomes($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::int[], $6::float8[],
    $7::float8[], $8::int[], $9::int[], $10::text[], $11::int[], $12::text[], $13::text[], $14::int[], $15::smallint)`,
  valuesOf: (groups: readonly Group[]): unknown[] =>
    outcomeValues(groups, slot)
      .slice(0, 15)
      .map((value, index) =>
        index === 9 || index === 11
          ? (value as readonly (string | null)[]).map((list) => (list === null ? null : `[${list}]`))
          : value,
      ),
};

const isOutdated = ({ holds, key, operation }: Plan): boolean =>
  holds !== 'yes' || (key === followed && operation === 'sign');

describe('the commit of a set of outcomes', () => {
  let database: WorkerDatabase;
  const tenants = Array.from({ length: 3 }, () => ({ id: randomUUID(), keys: [0, 1, 2].map(() => randomUUID()) }));

  beforeAll(async () => {
    database = await startWorkerDatabase();
    for (const { id, keys } of tenants) {
      const policy = JSON.stringify(initialPolicy);
      await database.superuser.query('INSERT INTO tenant_policy VALUES ($1, 1, $2)', [id, policy]);
      for (const [index, key] of keys.entries()) {
        await database.superuser.query(
          `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'k', 'EC-P256', 'sign', '{ES256}', 'x')`,
          [id, key],
        );
        for (const [version, revision] of index === followed ? [[1, 1] as const, [2, 2] as const] : [[1, 1] as const])
          await database.superuser.query(
            `INSERT INTO key_version (tenant_id, key_id, version, revision, state, custody, partition, token_label, token_serial, object_id)
             VALUES ($1, $2, $3, $4, 'ACTIVE', 'token', 'default', 't', 's', $5)`,
            [id, key, version, revision, randomBytes(16)],
          );
      }
    }
  });
  afterAll(() => database.stop());

  const fenceOf = ({ tenant, key, holds }: Plan): Fence => {
    const { id, keys } = tenants[tenant] as (typeof tenants)[number];
    const revision = holds === 'key' ? 2 : 1;
    const validity = {
      yes: always,
      policy: always,
      key: always,
      later: { ...always, since: 8e15 },
      ended: { ...always, until: 1 },
    }[holds];
    return {
      tenantId: id,
      policy: enforcedPolicy(holds === 'policy' ? 2 : 1, initialPolicy, Date),
      key: { tenantId: id, keyId: keys[key], version: 1, revision } as KeyVersion,
      validity,
    };
  };

  const groupOf = (one: Plan, index: number): Group => {
    const fence = fenceOf(one);
    const event = (operation: string): AuditEvent =>
      auditEvent(contextOf(fence.tenantId), {
        operation,
        failureCode: one.used ? null : 'signature-invalid',
        details: { text: '"[],é\\' },
      });
    const group = emptyGroup(String(index), { fence, event: event(one.operation) }, one.bundle);
    for (let count = 0; count < one.events; count++) {
      const fallback = one.fallback ? event('refused') : undefined;
      const outcome = { fence, event: event(one.operation), ...(fallback !== undefined && { fallback }) };
      addTo(group, outcome, {
        event: JSON.stringify(outcome.event),
        fallback: fallback && JSON.stringify(fallback),
      });
    }
    return group;
  };

  const idsOf = (names: readonly EventName[]): string[] => names.map(({ eventId }) => eventId);

  const commit = async (
    groups: readonly Group[],
    text = commitOutcomes.text,
    values = outcomeValues(groups, slot),
  ): Promise<Committed> => {
    await database.superuser.query('DELETE FROM outbox');
    await database.superuser.query('DELETE FROM key_usage');
    const [committed] = await database.dataSource.query<Committed[]>(text, values);
    if (committed === undefined) throw new Error('nothing was answered');
    return committed;
  };

  const rowsInTable = async (): Promise<{ tenant: string; count: number; ids: string[] }[]> => {
    const rows = await database.superuser.query<{ tenant_id: string; event_count: number; events: string }[]>(
      'SELECT tenant_id, event_count, events FROM outbox ORDER BY id',
    );
    return rows.map(({ tenant_id: tenant, event_count: count, events }) => ({
      tenant,
      count,
      ids: (JSON.parse(events) as AuditEvent[]).map(({ eventId, tenantId }) => {
        expect(tenantId).toBe(tenant);
        return eventId;
      }),
    }));
  };

  it('writes what holds, with its uses, and the fallbacks of what does not, in rows as they are remembered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 12 }), async (plans) => {
        const sorted = plans.toSorted((a, b) => a.tenant - b.tenant);
        const groups = sorted.map(groupOf);
        placeGroups(groups);
        const { written, outdated } = await commit(groups);

        const broken = new Set(sorted.filter(isOutdated).flatMap(({ bundle }) => bundle ?? []));
        const expected = sorted.map((one) => {
          if (isOutdated(one)) return 'outdated';
          return one.bundle !== null && broken.has(one.bundle) ? 'held-back' : 'written';
        });
        expect(verdictsOf(groups.length, written, outdated)).toEqual(expected);

        const rows = await rowsInTable();
        const remembered = recordedRows(groups, written, outdated).map(idsOf);
        expect(rows.map(({ ids }) => ids)).toEqual(remembered);
        for (const { count, ids } of rows) expect(count).toBe(ids.length);
        const told = expected.flatMap((verdict, index) => {
          const { events, fallbacks } = (groups[index] as Group).names;
          return idsOf({ written: events, outdated: fallbacks, 'held-back': [] }[verdict as 'written']);
        });
        expect(remembered.flat().toSorted()).toEqual(told.toSorted());

        const uses = new Map<string, number>();
        sorted.forEach(({ tenant, key, operation, used, events }, index) => {
          if (!used || expected[index] !== 'written') return;
          const name = `${tenants[tenant]?.keys[key]}/${operation}`;
          uses.set(name, (uses.get(name) ?? 0) + events);
        });
        // Counting twice goes on from the first count.
        const again = await database.dataSource.query<Committed[]>(commitOutcomes.text, outcomeValues(groups, slot));
        expect(again[0]?.written).toEqual(written);
        const counted = await database.superuser.query<{ key_id: string; operation: string; uses: string }[]>(
          'SELECT key_id, operation, uses FROM key_usage WHERE slot = $1',
          [slot],
        );
        expect(new Map(counted.map((row) => [`${row.key_id}/${row.operation}`, Number(row.uses)]))).toEqual(
          new Map([...uses].map(([name, count]) => [name, 2 * count])),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('writes the same for workers of the release before, and each of their groups into a row of its own', async () => {
    const usesInTable = () =>
      database.superuser.query<object[]>(
        'SELECT tenant_id, key_id, version, operation, uses FROM key_usage ORDER BY 1, 2, 3, 4',
      );
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 12 }), async (plans) => {
        const groups = plans.toSorted((a, b) => a.tenant - b.tenant).map(groupOf);
        placeGroups(groups);
        const { written, outdated } = await commit(groups);
        const [rows, uses] = [await rowsInTable(), await usesInTable()];
        const former = await commit(groups, formerCommit.text, formerCommit.valuesOf(groups));
        expect([former.written, former.outdated]).toEqual([written, outdated]);
        expect(Number(former.at)).toBeGreaterThan(0);
        const formerRows = await rowsInTable();
        expect(formerRows.flatMap(({ ids }) => ids).toSorted()).toEqual(rows.flatMap(({ ids }) => ids).toSorted());
        const groupsOf = (list: 'events' | 'fallbacks', numbers: readonly number[]) =>
          numbers.map((number) => idsOf((groups[number - 1] as Group).names[list])).filter(({ length }) => length > 0);
        expect(formerRows.map(({ ids }) => ids).toSorted()).toEqual(
          [...groupsOf('events', written), ...groupsOf('fallbacks', outdated)].toSorted(),
        );
        for (const { count, ids } of formerRows) expect(count).toBe(ids.length);
        expect(await usesInTable()).toEqual(uses);
      }),
      { numRuns: 40 },
    );
  });

  it('puts the events of many keys of a tenant into one row, and those of another tenant into another', async () => {
    const one = (tenant: number, key: number): Plan => ({
      tenant,
      key,
      operation: 'verify',
      holds: 'yes',
      bundle: null,
      events: 2,
      used: true,
      fallback: false,
    });
    const groups = [one(0, 0), one(0, 1), one(0, 2), one(1, 0), one(1, 1)].map(groupOf);
    placeGroups(groups);
    await commit(groups);
    expect((await rowsInTable()).map(({ tenant, count }) => [tenant, count])).toEqual([
      [tenants[0]?.id, 6],
      [tenants[1]?.id, 4],
    ]);
  });

  it('begins another row where one would be too large', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      groupOf(
        { tenant: 0, key: 0, operation: 'sign', holds: 'yes', bundle: null, events: 100, used: true, fallback: false },
        index,
      ),
    );
    placeGroups(many);
    expect(many.map(({ place }) => place)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3]);
  });

  it('refuses events that name no tenant', async () => {
    await expect(
      database.superuser.query(`INSERT INTO outbox (event_count, events) VALUES (1, '[{"eventId":"x"}]')`),
    ).rejects.toThrow('tenant_id');
  });
});
