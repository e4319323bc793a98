import { randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointedTrail, rememberEnds } from '../testing/checkpointed-trail.js';
import { database, type RunningAudit, startAudit } from '../testing/running-audit.js';
import type { Made } from './make-checkpoint.js';
import { TreeWalkRecord } from './store/tree-walk.entity.js';

const outcomeOf = (making: Promise<Made>): Promise<string> =>
  making.then(
    ({ standing }) => standing,
    (error: unknown) => (error instanceof AnkaError ? error.code : String(error)),
  );

describe('a long walk', () => {
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
  const where = () => `tenant_id = '${trail.tenantId}'`;
  const walkOf = async () =>
    (await audit.postgres.query(database, `SELECT size::int FROM tree_walk WHERE ${where()}`))[0]?.['size'];
  /** Walks pieces until a checkpoint is signed. @returns the sizes that were kept on the way */
  const walkToEnd = async (instanceOf = (_: number): number => 0): Promise<number[]> => {
    const kept: number[] = [];
    for (;;) {
      const made = await trail.walk(instanceOf(kept.length));
      if (made.standing !== 'walked') {
        expect(made.standing).toBe('signed');
        return kept;
      }
      kept.push(made.size);
    }
  };

  it('is kept in parts, and goes on from there, by another process too', async () => {
    await trail.append(1000, 1000, 345);
    const before = audit.signer.signed.length;
    const kept = await walkToEnd((part) => part % 2);
    expect(kept).toEqual(Array.from({ length: 23 }, (_, part) => 100 * (part + 1)));
    expect(audit.signer.signed.length - before).toBe(1);
    await trail.expectLast(2345);
  });

  it('ends while the trail grows', async () => {
    await trail.append(500);
    for (let part = 0; part < 4; part++) {
      expect(await trail.walk()).toMatchObject({ standing: 'walked' });
      await trail.append(30);
    }
    await walkToEnd();
    await trail.expectLast(620);
  });

  it('goes on from the last checkpoint, and leaves its tiles as they are', async () => {
    await trail.append(300);
    await trail.make();
    await trail.append(700);
    expect(await walkToEnd()).toEqual([400, 500, 600, 700, 800, 900]);
    await trail.expectLast(1000);
  });

  it('reads no event twice: those before it may be gone', async () => {
    await trail.append(400);
    await trail.walk();
    await trail.walk();
    const whole = await trail.tree(400);
    await audit.tamper(`DELETE FROM sealed_event WHERE ${where()} AND seq <= 200`);
    await walkToEnd();
    expect((await trail.checkpoints()).at(-1)?.root.equals(whole.root)).toBe(true);
  });

  it('is not lost when the signature is refused: the next attempt walks the last part only', async () => {
    await trail.append(350);
    for (let part = 0; part < 3; part++) await trail.walk();
    audit.signer.failure = new AnkaError('hsm-unavailable');
    expect(await outcomeOf(trail.walk())).toBe('hsm-unavailable');
    audit.signer.failure = undefined;
    expect(await walkOf()).toBe(300);
    expect(await trail.walk()).toEqual({ standing: 'signed', size: 350 });
    await trail.expectLast(350);
  });

  /** Values of each column's type that no honest service has written there. */
  const forged: Readonly<Record<string, string>> = {
    tenant_id: `'00000000-0000-7000-8000-000000000000'`,
    size: 'size + 1',
    hash: `decode(repeat('ab', 32), 'hex')`,
    sealed_at: 'sealed_at - 1000000',
    root: `decode(repeat('ab', 32), 'hex')`,
    mac_key_id: `'1.hsm'`,
    mac: `decode(repeat('ab', 32), 'hex')`,
  };
  it('has an attack on each of its columns', () => {
    const columns = (audit.instances[0] ?? expect.unreachable()).dataSource.getMetadata(TreeWalkRecord).columns;
    expect(columns.map(({ databaseName }) => databaseName).sort()).toEqual(Object.keys(forged).sort());
  });

  const setTo = (column: string, value: string): string => `UPDATE tree_walk SET ${column} = ${value} WHERE %w`;
  const attacks: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      Object.entries(forged).map(([column, value]) => [`a forged ${column}`, setTo(column, value)]),
    ),
    ...Object.fromEntries(
      Object.keys(forged)
        .filter((column) => column !== 'tenant_id')
        .map((column) => [
          `another tenant’s ${column}`,
          setTo(column, `(SELECT ${column} FROM tree_walk WHERE tenant_id = '%o')`),
        ]),
    ),
    'another tenant’s place': `UPDATE tree_walk w SET (size, hash, sealed_at, root, mac_key_id, mac) =
      (SELECT size, hash, sealed_at, root, mac_key_id, mac FROM tree_walk WHERE tenant_id = '%o') WHERE %w`,
    'no place': 'DELETE FROM tree_walk WHERE %w',
    'a changed tile at its edge': `UPDATE tree_tile SET hashes = overlay(hashes PLACING decode('ab', 'hex') FROM 5) WHERE %w AND level = 0 AND index = 1`,
    'a shorter tile at its edge': `UPDATE tree_tile SET hashes = substring(hashes FOR 32) WHERE %w AND level = 0 AND index = 1`,
    'a changed tile above': `UPDATE tree_tile SET hashes = overlay(hashes PLACING decode('ab', 'hex') FROM 5) WHERE %w AND level = 1`,
    'no tile at its edge': 'DELETE FROM tree_tile WHERE %w AND level = 0 AND index = 1',
    'a changed event before its end': `UPDATE sealed_event SET user_id = 'mallory' WHERE %w AND seq = 420`,
  };
  it.each(Object.entries(attacks))(
    'with %s gets no other tree signed, and ends when it is let alone',
    async (_, sql) => {
      const other = new CheckpointedTrail(audit, randomUUID());
      await other.append(250);
      await other.walk();
      await other.walk();
      await trail.append(450);
      for (let part = 0; part < 4; part++) await trail.walk();
      const before = audit.signer.signed.length;
      await audit.tamper(sql.replace('%w', where()).replace('%o', other.tenantId));
      const outcome = await outcomeOf(trail.walk());
      expect(['signed', 'walked', 'record-forged', 'pending']).toContain(outcome);
      if (outcome === 'record-forged') expect(audit.signer.signed.length).toBe(before);
      if (sql.includes('sealed_event')) return expect(outcome).not.toBe('signed');
      if (outcome !== 'signed') await walkToEnd();
      await trail.expectLast(450);
      // Every tile leads to the root that was signed.
      await trail.append(1);
      await trail.make();
      await trail.expectLast(451);
    },
  );

  it('over events that do not lead to the end begins anew, and may replace what no checkpoint covers', async () => {
    await trail.append(300);
    await trail.make();
    await trail.append(300);
    await trail.walk();
    await trail.walk();
    // The walk has gone over other events than those that lead to the end.
    await audit.tamper(
      `UPDATE sealed_event SET previous_hash = decode(repeat('cd', 32), 'hex') WHERE ${where()} AND seq = 550`,
    );
    expect(await outcomeOf(trail.walk())).toBe('record-forged');
    expect(await walkOf()).toBeUndefined();
    expect(await outcomeOf(trail.walk())).toBe('walked');
    const beyond = `UPDATE tree_tile SET hashes = overlay(hashes PLACING decode('ab', 'hex') FROM length(hashes)) WHERE ${where()} AND level = 0 AND index = 1`;
    await expect(audit.postgres.query(database, beyond)).resolves.toBeDefined();
    const covered = `UPDATE tree_tile SET hashes = overlay(hashes PLACING decode('ab', 'hex') FROM 32 * 44) WHERE ${where()} AND level = 0 AND index = 1`;
    await expect(audit.postgres.query(database, covered)).rejects.toMatchObject({ code: '42501' });
  });

  it('cannot be moved by the service’s role, except by the function that keeps it', async () => {
    await trail.append(300);
    await trail.walk();
    const { dataSource } = audit.instances[0] ?? expect.unreachable();
    for (const sql of ['UPDATE tree_walk SET size = 1', 'DELETE FROM tree_walk', 'TRUNCATE tree_walk'])
      await expect(dataSource.query(sql), sql).rejects.toMatchObject({ code: '42501' });
  });
});
