import { randomUUID } from 'node:crypto';
import type { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { TrailSql } from '../testing/trail-sql.js';
import { instantOf } from '../trail/instant.js';

describe('querying events', () => {
  let audit: RunningAudit;
  const tenantId = randomUUID();
  const other = randomUUID();
  const keyId = randomUUID();
  const events = [
    ...eventsOf(tenantId, 5),
    eventOf(tenantId, { keyId }),
    eventOf(tenantId, { keyId, outcome: 'failure', failureCode: 'key-state', userId: 'bob' }),
    eventOf(tenantId, { operation: 'key.edit', keyId: null, correlationId: 'other' }),
  ];
  beforeAll(async () => {
    audit = await startAudit();
    await audit.append([...events, ...eventsOf(other, 3)]);
  });
  afterAll(() => audit.stop());

  const seqs = async (query: Parameters<RunningAudit['query']>[1]) =>
    (await audit.query(tenantId, query)).items.map(({ seq }) => seq);
  const instant = (index: number) => instantOf(events[index]?.occurredAt ?? 0);

  it.each([
    ['newest first by default', {}, [8, 7, 6, 5, 4, 3, 2, 1]],
    ['oldest first', { order: 'asc' }, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['a key', { keyId }, [7, 6]],
    ['a key and an outcome', { keyId, outcome: 'success' }, [6]],
    ['a user', { userId: 'bob' }, [7]],
    ['an operation', { operation: 'key.edit' }, [8]],
    ['a correlation id', { correlationId: 'other' }, [8]],
    ['a time, from inclusive, until exclusive', { from: instant(2), until: instant(4) }, [4, 3]],
    ['nothing', { userId: 'nobody' }, []],
  ] as const)('filters by %s', async (_, query, expected) => {
    expect(await seqs(query)).toEqual(expected);
  });

  it.each(['asc', 'desc'] as const)(
    'pages %s without skipping or repeating an event while the trail grows',
    async (order) => {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await audit.query(tenantId, { order, limit: 3, userId: 'alice', ...(cursor && { cursor }) });
        seen.push(...page.items.map(({ seq }) => seq));
        cursor = page.next ?? undefined;
        await audit.append([eventOf(tenantId, { userId: 'later' })]);
      } while (cursor !== undefined);
      const expected = [1, 2, 3, 4, 5, 6, 8];
      expect(seen).toEqual(order === 'asc' ? expected : expected.toReversed());
    },
  );

  it('accepts a cursor only with the tenant, order and filter it was made for', async () => {
    const { next } = await audit.query(tenantId, { limit: 1 });
    const cursor = next ?? expect.unreachable();
    const misuse = [
      [other, { cursor }],
      [tenantId, { cursor, order: 'asc' }],
      [tenantId, { cursor, userId: 'bob' }],
      [tenantId, { cursor: `x${cursor}` }],
    ] as const;
    for (const [tenant, query] of misuse) {
      const error = await audit.query(tenant, query).catch((reason: unknown) => reason as AnkaError);
      expect(error).toMatchObject({ code: 'cursor-invalid' });
    }
    expect((await audit.query(tenantId, { limit: 2, cursor })).items).toHaveLength(2);
  });

  it('returns only the tenant’s own events', async () => {
    expect((await audit.query(other)).items.every((item) => item.tenantId === other)).toBe(true);
    expect((await audit.query(randomUUID())).items).toEqual([]);
    expect((await audit.query(other, { keyId })).items).toEqual([]);
  });

  it('shows a planted row with the number of an event apart from the event', async () => {
    const forged = randomUUID();
    await audit.append(eventsOf(forged, 3));
    await audit.tamper(new TrailSql(forged).duplicate(2, '1 microsecond'));
    const page = await audit.query(forged, { limit: 3 });
    expect(page.items.map(({ seq }) => seq)).toEqual([3, 2]);
    expect(page.unproven).toMatchObject([{ seq: 2, reason: 'content-changed' }]);
    const rest = await audit.query(forged, { limit: 3, cursor: page.next ?? expect.unreachable() });
    expect(rest.items.map(({ seq }) => seq)).toEqual([1]);
  });
});
