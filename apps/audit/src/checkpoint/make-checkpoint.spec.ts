import { randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CheckpointedTrail, rememberEnds } from '../testing/checkpointed-trail.js';
import { database, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { type Made, MakeCheckpoint } from './make-checkpoint.js';
import { CheckpointRounds } from './round/checkpoint-rounds.js';

const outcomeOf = (making: Promise<Made>): Promise<string> =>
  making.then(
    ({ standing }) => standing,
    (error: unknown) => (error instanceof AnkaError ? error.code : String(error)),
  );

describe('a checkpoint', () => {
  let audit: RunningAudit;
  let trail: CheckpointedTrail;
  beforeAll(async () => {
    audit = await startAudit();
    await rememberEnds(audit);
  });
  afterAll(() => audit.stop());
  beforeEach(() => {
    trail = new CheckpointedTrail(audit, randomUUID());
  });
  afterEach(() => {
    audit.signer.failure = undefined;
    audit.signer.hangs = false;
  });
  const where = () => `tenant_id = '${trail.tenantId}'`;

  it('is signed over all events of the trail, and again when it has grown', async () => {
    const sizes: number[] = [];
    for (const count of [1, 4, 250, 1, 1, 300, 700]) {
      await trail.append(count);
      sizes.push((sizes.at(-1) ?? 0) + count);
      expect(await trail.make()).toEqual({ standing: 'signed', size: sizes.at(-1) });
      await trail.expectLast(sizes.at(-1) ?? 0);
      expect(await trail.make()).toEqual({ standing: 'current' });
    }
    expect((await trail.checkpoints()).map(({ size }) => size)).toEqual(sizes);
  });

  it('has the tiles of C2SP, each as wide as the tree has it', async () => {
    for (const count of [200, 100, 500]) {
      await trail.append(count);
      await trail.make();
    }
    const rows = await audit.postgres.query(
      database,
      `SELECT level, index::int AS index, length(hashes) / 32 AS width FROM tree_tile WHERE ${where()} ORDER BY 1, 2`,
    );
    expect(rows).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 0, index: 1, width: 256 },
      { level: 0, index: 2, width: 256 },
      { level: 0, index: 3, width: 32 },
      { level: 1, index: 0, width: 3 },
    ]);
  });

  it('is not made of a trail without events', async () => {
    expect(await trail.make()).toEqual({ standing: 'current' });
  });

  it('is continued without reading the events before it: they may be gone', async () => {
    await trail.append(300);
    await trail.make();
    const before = await trail.tree(300);
    await audit.tamper(`DELETE FROM sealed_event WHERE ${where()} AND seq < 300`);
    await trail.append(10);
    expect(await trail.make()).toEqual({ standing: 'signed', size: 310 });
    const rows = await audit.postgres.query(
      database,
      `SELECT hash FROM sealed_event WHERE ${where()} AND seq > 300 ORDER BY seq`,
    );
    for (const row of rows) before.append(row['hash'] as Buffer);
    expect((await trail.checkpoints()).at(-1)?.root.equals(before.root)).toBe(true);
  });

  it('is continued by another process, from the stored tiles', async () => {
    for (const [instance, count] of [
      [0, 100],
      [1, 200],
      [0, 1],
      [1, 300],
    ] as const) {
      await trail.append(count);
      expect(await trail.make(instance)).toMatchObject({ standing: 'signed' });
    }
    await trail.expectLast(601);
  });

  it('is made once by processes that make it at the same time', async () => {
    for (let round = 1; round <= 5; round++) {
      await trail.append(20);
      const made = await Promise.all([0, 1, 0, 1].map((instance) => trail.make(instance)));
      expect(made.filter(({ standing }) => standing === 'signed')).toHaveLength(1);
      await trail.expectLast(20 * round);
    }
    expect(audit.signer.signed.filter(({ tenantId }) => tenantId === trail.tenantId)).toHaveLength(5);
  });

  it('is made again where the HSM had signed and nothing was stored', async () => {
    await trail.append(10);
    audit.signer.failure = new AnkaError('hsm-unavailable');
    expect(await outcomeOf(trail.make())).toBe('hsm-unavailable');
    expect(await trail.checkpoints()).toEqual([]);
    audit.signer.failure = undefined;
    await trail.append(5);
    expect(await trail.make()).toEqual({ standing: 'signed', size: 15 });
    await trail.expectLast(15);
  });

  it('is not stored with a signature that does not verify', async () => {
    await trail.append(10);
    audit.signer.fault = (signature) => signature.reverse();
    expect(await outcomeOf(trail.make())).toBe('record-forged');
    expect(await trail.checkpoints()).toEqual([]);
    audit.signer.fault = (signature) => signature;
    expect(await trail.make()).toEqual({ standing: 'signed', size: 10 });
    await trail.expectLast(10);
  });

  it('that waits for the HSM holds up no sealing, however many do', async () => {
    const others = Array.from({ length: 12 }, () => new CheckpointedTrail(audit, randomUUID()));
    for (const other of others) await other.append(1);
    audit.signer.hangs = true;
    const waiting = Promise.allSettled(others.map((other) => other.make(0, 6_000)));
    // Some of them have reached the signer.
    await new Promise((done) => setTimeout(done, 1_000));
    const { dataSource } = audit.instances[0] ?? expect.unreachable();
    const { totalCount, idleCount, waitingCount } = (dataSource.driver as unknown as { master: Pool }).master;
    // Rounds of anchors take one now and then.
    expect(totalCount - idleCount).toBeLessThan(4);
    expect(waitingCount).toBe(0);
    await trail.append(1);
    expect((await waiting).map(({ status }) => status)).toEqual(others.map(() => 'rejected'));
  });

  /** Changes of rows after the last checkpoint, whose hashes a forger has computed again or not. */
  const changes: Readonly<Record<string, string>> = {
    'a changed event': `UPDATE sealed_event SET user_id = 'mallory' WHERE %w AND seq = 12`,
    'another hash': `UPDATE sealed_event SET hash = decode(repeat('ab', 32), 'hex') WHERE %w AND seq = 12`,
    'an event less': `DELETE FROM sealed_event WHERE %w AND seq = 12`,
    'an event of another trail': `UPDATE sealed_event SET previous_hash = decode(repeat('cd', 32), 'hex') WHERE %w AND seq = 11`,
  };
  it.each(Object.entries(changes))('is not signed over %s', async (_, sql) => {
    await trail.append(10);
    await trail.make();
    await trail.append(5);
    await audit.tamper(sql.replace('%w', where()));
    // A process that has not sealed the end cannot prove it.
    expect(['record-forged', 'pending']).toContain(await outcomeOf(trail.make()));
    expect((await trail.checkpoints()).map(({ size }) => size)).toEqual([10]);
  });

  it('is not signed over a trail that was put back', async () => {
    await trail.append(10, 5);
    // The process proves the end, and gets no signature.
    audit.signer.failure = new AnkaError('hsm-unavailable');
    expect(await outcomeOf(trail.make())).toBe('hsm-unavailable');
    audit.signer.failure = undefined;
    await audit.tamper(`DELETE FROM sealed_event WHERE ${where()} AND seq > 10;
      UPDATE trail_head h SET seq = 10, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
        WHERE h.${where()} AND e.${where()} AND e.seq = 10`);
    expect(await trail.make()).toEqual({ standing: 'pending' });
    expect(await trail.checkpoints()).toEqual([]);
  });

  it('is made in rounds of the trails that are due', async () => {
    await trail.append(3);
    const rounds = audit.instances[0]?.app.get(CheckpointRounds, { strict: false }) ?? expect.unreachable();
    await rounds.look();
    await trail.expectLast(3);
    await trail.append(1);
    await rounds.look();
    await trail.expectLast(3);
    await trail.append(999);
    await rounds.look();
    await trail.expectLast(1003);
    await audit.tamper(`UPDATE checkpoint SET signed_at = signed_at - interval '9 seconds' WHERE ${where()}`);
    await trail.append(1);
    await rounds.look();
    await trail.expectLast(1004);
  });

  it('that is refused is tried again after a pause, and others are made meanwhile', async () => {
    const rounds = audit.instances[0]?.app.get(CheckpointRounds, { strict: false }) ?? expect.unreachable();
    const tried = vi.spyOn(
      audit.instances[0]?.app.get(MakeCheckpoint, { strict: false }) ?? expect.unreachable(),
      'make',
    );
    const triesOf = ({ tenantId }: CheckpointedTrail): number =>
      tried.mock.calls.filter(([context]) => context.tenantId === tenantId).length;
    await trail.append(3);
    await trail.make();
    tried.mockClear();
    await audit.tamper(`UPDATE tree_tile SET hashes = decode(repeat('ab', 96), 'hex') WHERE ${where()};
      UPDATE checkpoint SET signed_at = signed_at - interval '9 seconds' WHERE ${where()}`);
    await trail.append(1);
    for (let look = 0; look < 20; look++) await rounds.look();
    expect(triesOf(trail)).toBe(1);
    const other = new CheckpointedTrail(audit, randomUUID());
    await other.append(1);
    await rounds.look();
    await other.expectLast(1);
    // It is tried again when its pause is over.
    await expect
      .poll(async () => {
        await rounds.look();
        return triesOf(trail);
      })
      .toBe(2);
    tried.mockRestore();
  });
});
