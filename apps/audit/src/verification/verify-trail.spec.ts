import { randomUUID } from 'node:crypto';
import type { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ForgedTrail, type Forgery } from '../testing/forged-trail.js';
import { database, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { TrailSql } from '../testing/trail-sql.js';

describe('verification', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let trail: TrailSql;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    tenantId = randomUUID();
    trail = new TrailSql(tenantId);
    await audit.appendTwenty(tenantId);
    await audit.append(eventsOf(randomUUID(), 5));
  });
  const forge = (forgery: Forgery) => new ForgedTrail(audit, tenantId).write(forgery);
  /** The token of this spec stores no data. */
  const anchor = { standing: 'unsupported', seq: null, detail: null };
  const headHash = async (): Promise<Buffer> => {
    const rows = await audit.postgres.query(database, `SELECT hash FROM sealed_event WHERE ${trail.at(20)}`);
    return rows[0]?.['hash'] as Buffer;
  };

  it('succeeds for the whole trail and for any part of it', async () => {
    const whole = { valid: true, checked: 20, fromSeq: 1, untilSeq: 20, firstBadSeq: null, reason: null, anchor };
    const hash = (await headHash()).toString('base64url');
    expect(await audit.verify(tenantId)).toEqual({ ...whole, headHash: hash });
    expect(await audit.verify(tenantId, { fromSeq: 6, untilSeq: 9 })).toEqual({
      ...whole,
      checked: 4,
      fromSeq: 6,
      untilSeq: 9,
      headHash: null,
    });
    expect(await audit.verify(tenantId, { fromSeq: 20 })).toEqual({
      ...whole,
      checked: 1,
      fromSeq: 20,
      headHash: hash,
    });
  });

  it('succeeds for a tenant without events', async () => {
    expect(await audit.verify(randomUUID())).toEqual({
      valid: true,
      checked: 0,
      fromSeq: 1,
      untilSeq: 0,
      firstBadSeq: null,
      reason: null,
      headHash: null,
      anchor,
    });
  });

  it('reads the requested range, the hash before it and the seal after it, and nothing else', async () => {
    await audit.tamper(trail.flip('canonical', 7));
    expect(await audit.verify(tenantId, { fromSeq: 8 })).toMatchObject({ valid: true, checked: 13 });
    expect(await audit.verify(tenantId, { untilSeq: 5 })).toMatchObject({ valid: true, checked: 5 });
    const unsealed = { valid: false, firstBadSeq: 6, reason: 'unsealed', checked: 5, untilSeq: 6 };
    expect(await audit.verify(tenantId, { untilSeq: 6 })).toMatchObject(unsealed);
    await audit.tamper(trail.delete(7));
    expect(await audit.verify(tenantId, { fromSeq: 8 })).toMatchObject({
      valid: false,
      firstBadSeq: 7,
      reason: 'missing',
      checked: 0,
    });
    expect(await audit.verify(tenantId, { untilSeq: 7 })).toMatchObject({
      valid: false,
      firstBadSeq: 7,
      reason: 'missing',
      checked: 5,
    });
  });

  it('checks the batches of a range and ignores the batches around them', async () => {
    await forge((rows) => rows.with(17, { ...rows[17], details: '{}' }));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 16, reason: 'unsealed' });
    expect(await audit.verify(tenantId, { fromSeq: 17, untilSeq: 17 })).toMatchObject({ firstBadSeq: 17, checked: 0 });
    expect(await audit.verify(tenantId, { fromSeq: 3, untilSeq: 12 })).toMatchObject({ valid: true, checked: 10 });
  });

  it('verifies batches that are longer than one chunk', async () => {
    await audit.append(eventsOf(tenantId, 2500));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 2520 });
    expect(await audit.verify(tenantId, { fromSeq: 19, untilSeq: 21 })).toMatchObject({ valid: true, checked: 3 });
    await audit.tamper(trail.stripSeal(2520));
    expect(await audit.verify(tenantId, { fromSeq: 19, untilSeq: 21 })).toMatchObject({ firstBadSeq: 21, checked: 2 });
  });

  it('reports a trail that ends before the requested range', async () => {
    expect(await audit.verify(tenantId, { untilSeq: 21 })).toMatchObject({
      valid: false,
      firstBadSeq: 21,
      reason: 'tail-missing',
      checked: 20,
    });
    expect(await audit.verify(tenantId, { fromSeq: 30 })).toMatchObject({
      valid: false,
      firstBadSeq: 21,
      reason: 'tail-missing',
      checked: 0,
    });
  });

  it('refuses a range whose end is before its start', async () => {
    const error = await audit
      .verify(tenantId, { fromSeq: 2, untilSeq: 1 })
      .catch((reason: unknown) => reason as AnkaError);
    expect(error).toMatchObject({ code: 'request-invalid' });
  });

  it('ignores events that are sealed meanwhile', async () => {
    const [result] = await Promise.all([
      audit.verify(tenantId),
      ...Array.from({ length: 5 }, () => audit.append(eventsOf(tenantId, 50))),
    ]);
    expect(result).toMatchObject({ valid: true });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 270 });
  });

  it('fails when the deadline is too short for the whole trail', async () => {
    for (let round = 0; round < 5; round++) await audit.append(eventsOf(tenantId, 1000));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 5020 });
    const error = await audit.verify(tenantId, {}, 30).catch((reason: unknown) => reason as AnkaError);
    expect(error).toMatchObject({ code: 'deadline-exceeded' });
  });
});
