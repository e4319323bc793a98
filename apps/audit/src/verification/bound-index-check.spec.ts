import { randomUUID } from 'node:crypto';
import type { SealedIndex } from '@ankasecure/audit-event';
import { recordDetails } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ForgedTrail } from '../testing/forged-trail.js';
import { reseal } from '../testing/resealed.js';
import { eventOf, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';

describe('verification of the index that each seal binds', () => {
  let audit: RunningAudit;
  let tenantId: string;
  /** By the last event of the batch. */
  let sealed: ReadonlyMap<number, SealedIndex | null>;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());
  /** Batches that end with the events 2, 4, 5 and 7. Those that end with 2 and 5 change a record. */
  beforeEach(async () => {
    tenantId = randomUUID();
    const changing = (revision: number) =>
      eventOf(tenantId, {
        details: recordDetails([{ kind: 'key', id: 'k', revision, digest: 'A'.repeat(43), state: 'ACTIVE' }]),
      });
    await audit.append([changing(1), ...eventsOf(tenantId, 1)]);
    await audit.append(eventsOf(tenantId, 2));
    await audit.append([changing(2)]);
    await audit.append(eventsOf(tenantId, 2));
    const rows = await new ForgedTrail(audit, tenantId).rows();
    sealed = new Map(rows.map(({ seq, chainSeal }) => [seq, chainSeal?.index ?? null]));
  });
  const indexOf = (seq: number): SealedIndex => sealed.get(seq) ?? expect.unreachable();

  it('holds for what this service seals, whole and in parts', async () => {
    expect([2, 4, 5, 7].map((seq) => indexOf(seq).seq)).toEqual([2, 2, 5, 5]);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 7 });
    for (const fromSeq of [2, 3, 5, 6, 7])
      expect(await audit.verify(tenantId, { fromSeq })).toMatchObject({ valid: true });
  });

  it.each<readonly [what: string, seq: number, index: () => SealedIndex, fromSeq: number]>([
    ['a change whose batch binds the index before', 5, () => indexOf(2), 1],
    ['a change whose batch binds none', 5, () => ({ seq: 0, mac: Buffer.of() }), 1],
    ['a batch without changes that goes back to an older index', 7, () => indexOf(2), 1],
    ['the same, in a range that begins with the batch before', 7, () => indexOf(2), 5],
    ['a batch without changes that binds none', 4, () => ({ seq: 0, mac: Buffer.of() }), 1],
    ['a batch that binds another index of the same event', 7, () => ({ seq: 5, mac: Buffer.alloc(32) }), 1],
    ['a batch without changes that binds an index of its own', 7, () => ({ seq: 7, mac: Buffer.alloc(32) }), 1],
  ])('finds %s', async (_, seq, index, fromSeq) => {
    await reseal(audit, tenantId, seq, index());
    const fault = { valid: false, firstBadSeq: seq, reason: 'record-forgotten' };
    expect(await audit.verify(tenantId, { fromSeq })).toMatchObject(fault);
  });

  it('finds a last index that is not the one of the events, which later batches have left as it was', async () => {
    const wrong = { seq: 5, mac: Buffer.alloc(32, 1) };
    for (const seq of [5, 7]) await reseal(audit, tenantId, seq, wrong);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 5, reason: 'record-forgotten' });
  });

  it('compares batches of this release that follow those of an earlier one', async () => {
    for (const seq of [2, 4]) await reseal(audit, tenantId, seq, null);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 7 });
    for (const seq of [5, 7]) await reseal(audit, tenantId, seq, null);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 7 });
    await reseal(audit, tenantId, 7, indexOf(2));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 7, reason: 'record-forgotten' });
  });
});
