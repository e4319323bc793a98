import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { instantOf } from '../trail/instant.js';

describe('counting uses', () => {
  let audit: RunningAudit;
  const [tenantId, other, keyId, second] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const now = Date.now() * 1000;
  const used = (over: Parameters<typeof eventOf>[1] = {}) => eventOf(tenantId, { keyId, occurredAt: now, ...over });
  beforeAll(async () => {
    audit = await startAudit();
    await audit.append([
      used(),
      used(),
      used({ occurredAt: now + 7 }),
      used({ details: { custody: 'token', version: '2' } }),
      used({ keyId: second }),
      used({ operation: 'verify' }),
      used({ outcome: 'failure', failureCode: 'key-state' }),
      used({ occurredAt: now - 3_600_000_000 }),
      used({ operation: 'key.create', details: { custody: 'token' } }),
      used({ details: {} }),
      used({ operation: 'key.edit', keyId: null, details: {} }),
      eventOf(other, { keyId, occurredAt: now }),
    ]);
  });
  afterAll(() => audit.stop());

  it('groups the successes of one tenant since an instant by operation, key and version', async () => {
    const [key, another] = [keyId, second].toSorted();
    const group = (id: string | undefined, version: number) => ({ operation: 'sign', keyId: id, version, count: 1 });
    const { items, complete } = await audit.count(tenantId, { from: instantOf(now - 1000), operations: ['sign'] });
    expect(complete).toBe(true);
    expect(items[0]).toEqual({ operation: 'sign', keyId, version: 1, count: 3, lastAt: instantOf(now + 7) });
    expect(items.slice(1)).toMatchObject([
      group(key, key === keyId ? 2 : 1),
      group(another, another === keyId ? 2 : 1),
    ]);
    const both = await audit.count(tenantId, { from: instantOf(now - 1000), operations: ['sign', 'verify'] });
    expect(both.items).toHaveLength(4);
    const made = await audit.count(tenantId, { from: instantOf(0), operations: ['key.create', 'key.import'] });
    expect(made.items).toMatchObject([{ operation: 'key.create', keyId, version: 1, count: 1 }]);
    const all = await audit.count(tenantId, { from: instantOf(0), operations: ['sign'] });
    expect(all.items[0]?.count).toBe(4);
  });
});
