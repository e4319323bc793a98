import { withTenant } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { RecordIndexes } from '../record/record-indexes.js';
import { contextOf, database, eventOf, eventsOf } from '../testing/running-audit.js';
import { twoProcesses } from '../testing/two-processes.js';
import { findExactRow, longColumns, mostRowBytes } from './exact-row.sql.js';
import { findPlacedRows } from './placed-row.sql.js';
import { bytesOfSlice, selectSlice } from './trail-rows.sql.js';

const [first, second] = [0, 1];
const all = Number.MAX_SAFE_INTEGER;
const bytesOf = (rows: readonly object[]): number =>
  rows
    .flatMap((row) => Object.values(row) as unknown[])
    .reduce<number>(
      (sum, value) => sum + (typeof value === 'string' || Buffer.isBuffer(value) ? Buffer.byteLength(value) : 0),
      0,
    );

describe('the bytes of a trail that are read at once', () => {
  const pair = twoProcesses();
  const { app, guard, seal } = pair;
  const read = <Value>(work: (manager: EntityManager) => Promise<Value>) =>
    withTenant((pair.audit.instances[second] ?? expect.unreachable()).dataSource, pair.tenantId, work);
  const slice = (seq = 1) => read((manager) => selectSlice(manager, pair.tenantId, { seq, sealedAt: 0 }, all));
  /** An event of almost the largest size. */
  const large = () =>
    eventOf(pair.tenantId, {
      details: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`detail${n}`, 'x'.repeat(500)])),
    });

  it.each(longColumns)('are not those of a row whose %s is longer than any of ours', async (column) => {
    const events = eventsOf(pair.tenantId, 3);
    await seal(first, events);
    await guard(first).advance();
    await guard(second).compare();
    await seal(first, eventsOf(pair.tenantId, 2));
    const isText =
      ['canonical', 'hmac', 'hash'].every((name) => !column.includes(name)) && !column.startsWith('chain_');
    const long = `repeat('x', ${mostRowBytes + 1})`;
    // An index or a check keeps some of them short. Its owner drops them.
    await pair.audit.tamper(`DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'sealed_event'::regclass AND contype = 'c' LOOP
          EXECUTE format('ALTER TABLE sealed_event DROP CONSTRAINT %I', name); END LOOP;
        FOR name IN SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'sealed_event'::regclass AND NOT indisprimary LOOP
          EXECUTE format('DROP INDEX %s', name); END LOOP; END $$;
      UPDATE sealed_event SET ${column} = ${isText ? long : `convert_to(${long}, 'UTF8')`} WHERE tenant_id = '${pair.tenantId}' AND seq = 4`);
    expect((await slice()).map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
    expect(await read((manager) => findExactRow(manager, pair.tenantId, 4))).toBeUndefined();
    const names = events.map(({ eventId, correlationId }) => ({ tenantId: pair.tenantId, eventId, correlationId }));
    expect(
      bytesOf((await read((manager) => findPlacedRows(manager, pair.tenantId, names, undefined))).rows),
    ).toBeLessThan(mostRowBytes);
    await expect(seal(second, eventsOf(pair.tenantId, 1))).rejects.toMatchObject({ code: 'service-unavailable' });
    await guard(second).compare();
    expect(await guard(second).refused()).toContain(pair.tenantId);
    expect(await pair.audit.verify(pair.tenantId)).toMatchObject({ valid: false, firstBadSeq: 4, reason: 'missing' });
    await pair.audit.tamper(
      `DELETE FROM sealed_event WHERE tenant_id = '${pair.tenantId}'; DELETE FROM trail_head WHERE tenant_id = '${pair.tenantId}'`,
    );
  });

  it('are bounded, and a trail of the largest events is proved in several slices', async () => {
    const one = large();
    await seal(first, [one]);
    await guard(first).advance();
    await guard(second).compare();
    const rows = 160;
    for (let sealed = 0; sealed < rows; sealed += 10) await seal(first, Array.from({ length: 10 }, large));
    const part = await slice();
    expect(part.length).toBeLessThan(rows);
    expect(bytesOf(part)).toBeGreaterThanOrEqual(bytesOfSlice);
    expect(bytesOf(part)).toBeLessThan(bytesOfSlice + mostRowBytes);
    await app(second).get(RecordIndexes).heads(contextOf(pair.tenantId));
    expect(await seal(second, eventsOf(pair.tenantId, 1))).toEqual({ sealed: 1 });
    await guard(second).advance();
    expect(await guard(second).refused()).not.toContain(pair.tenantId);
    expect(await pair.audit.verify(pair.tenantId)).toMatchObject({ valid: true, checked: rows + 2 });
  });

  it('are counted in every column without a length of its own', async () => {
    const columns = await pair.audit.postgres.query(
      database,
      `SELECT column_name FROM information_schema.columns WHERE table_name = 'sealed_event' AND data_type IN ('text', 'bytea')`,
    );
    expect(columns.map((row) => row['column_name']).toSorted()).toEqual(longColumns.toSorted());
  });

  it('always hold one row', async () => {
    await seal(first, [large()]);
    await pair.audit.tamper(
      `UPDATE sealed_event SET details = repeat('x', ${mostRowBytes - 10_000}) WHERE tenant_id = '${pair.tenantId}'`,
    );
    expect(await slice()).toHaveLength(1);
  });

  it('do not shorten the usual slice', async () => {
    await seal(first, eventsOf(pair.tenantId, 700));
    await seal(first, eventsOf(pair.tenantId, 700));
    expect(await slice()).toHaveLength(1000);
  });
});
