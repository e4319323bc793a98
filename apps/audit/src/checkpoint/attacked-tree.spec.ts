import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointedTrail, rememberEnds } from '../testing/checkpointed-trail.js';
import { database, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { CheckpointRecord } from './store/checkpoint.entity.js';
import { TreeTileRecord } from './store/tree-tile.entity.js';

/** Values of each column's type that no honest service has written there. */
const forged: Readonly<Record<string, string>> = {
  tenant_id: `'00000000-0000-7000-8000-000000000000'`,
  size: 'size + 1',
  root: `decode(repeat('ab', 32), 'hex')`,
  note: `replace(note, E'\\n', E' \\n')`,
  signed_at: `signed_at + interval '1 year'`,
  level: 'level + 1',
  index: 'index + 7',
  hashes: `overlay(hashes PLACING decode('ab', 'hex') FROM length(hashes) - 3)`,
};
const ways = ['forged', 'older', 'another tenant’s', 'deleted'] as const;
type Way = (typeof ways)[number];

/** The rows that the next checkpoint is made from: the last checkpoint, and the tiles at the right edge. */
const rowsOf = {
  checkpoint: `size = (SELECT max(size) FROM checkpoint WHERE tenant_id = '%t')`,
  tree_tile: `index = (SELECT max(index) FROM tree_tile o WHERE o.tenant_id = '%t' AND o.level = tree_tile.level)`,
} as const;
type Table = keyof typeof rowsOf;
const keys: Readonly<Record<Table, readonly string[]>> = { checkpoint: [], tree_tile: ['level', 'index'] };

/** The attacks on one column of the table. An owner of the database has kept the tenant's earlier state, and another tenant's. */
const attackOf = (table: Table, column: string, way: Way, tenantId: string): string => {
  const rows = `tenant_id = '${tenantId}' AND ${rowsOf[table].replace('%t', tenantId)}`;
  if (way === 'deleted') return `DELETE FROM ${table} WHERE ${rows}`;
  if (way === 'forged') return `UPDATE ${table} SET ${column} = ${forged[column] ?? 'NULL'} WHERE ${rows}`;
  const kept = way === 'older' ? `kept_${table}` : `other_${table}`;
  const same = keys[table].filter((key) => key !== column).map((key) => ` AND k.${key} = ${table}.${key}`);
  return `UPDATE ${table} SET ${column} = (SELECT k.${column} FROM ${kept} k WHERE true${same.join('')} LIMIT 1)
    WHERE ${rows} AND EXISTS (SELECT 1 FROM ${kept} k WHERE true${same.join('')})`;
};

const columnsOf = (audit: RunningAudit, entity: typeof CheckpointRecord | typeof TreeTileRecord) =>
  (audit.instances[0] ?? expect.unreachable()).dataSource
    .getMetadata(entity)
    .columns.map(({ databaseName }) => databaseName);

/** Columns that decide nothing: a forged time only makes a checkpoint sooner or later. */
const harmless: readonly string[] = ['signed_at'];

describe('an owner of the database', () => {
  let audit: RunningAudit;
  let trail: CheckpointedTrail;
  const run = (sql: string) => audit.postgres.query(database, sql);
  beforeAll(async () => {
    audit = await startAudit();
    await rememberEnds(audit);
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    trail = new CheckpointedTrail(audit, randomUUID());
    const other = new CheckpointedTrail(audit, randomUUID());
    await other.append(270);
    await other.make();
    await trail.append(260);
    await trail.make();
    for (const [table, of] of [
      ['checkpoint', 'kept'],
      ['tree_tile', 'kept'],
      ['checkpoint', 'other'],
      ['tree_tile', 'other'],
    ] as const)
      await run(`DROP TABLE IF EXISTS ${of}_${table};
        CREATE TABLE ${of}_${table} AS SELECT * FROM ${table} WHERE tenant_id = '${of === 'kept' ? trail.tenantId : other.tenantId}'`);
    await trail.append(300);
    await trail.make();
  });

  it('knows the columns of the tables', () => {
    const columns = new Set([...columnsOf(audit, CheckpointRecord), ...columnsOf(audit, TreeTileRecord)]);
    expect([...columns].sort()).toEqual(Object.keys(forged).sort());
  });

  const tables = {
    checkpoint: ['tenant_id', 'size', 'root', 'note', 'signed_at'],
    tree_tile: ['tenant_id', 'level', 'index', 'hashes'],
  } as const satisfies Record<Table, readonly string[]>;
  const attacks = (Object.keys(tables) as Table[]).flatMap((table) =>
    tables[table].flatMap((column) => ways.map((way) => ({ table, column, way }))),
  );

  it.each(attacks)('who makes $column of $table $way gets no other tree signed', async ({ table, column, way }) => {
    const before = audit.signer.signed.length;
    const changed = await audit.tamper(attackOf(table, column, way, trail.tenantId)).then(
      () => true,
      () => false,
    );
    await trail.append(40);
    const outcome = await trail.make().then(
      ({ standing }) => standing,
      (error: unknown) => (error instanceof AnkaError ? error.code : String(error)),
    );
    // Either the right tree is signed, or none, and the answer says that the stored one is not ours.
    expect(['signed', 'record-forged', 'record-outdated']).toContain(outcome);
    if (outcome === 'signed') await trail.expectLast(600);
    else expect(audit.signer.signed.length).toBe(before);
    if (harmless.includes(column) && way !== 'deleted') expect(outcome).toBe('signed');
    if (changed && table === 'tree_tile' && column === 'hashes' && way !== 'deleted')
      expect(outcome).toBe('record-forged');
  });

  it('who deletes both tables has the whole tree made again, from the trail alone', async () => {
    const last = (await trail.checkpoints()).at(-1);
    await audit.tamper(`DELETE FROM checkpoint WHERE tenant_id = '${trail.tenantId}';
      DELETE FROM tree_tile WHERE tenant_id = '${trail.tenantId}'`);
    expect(await trail.make()).toEqual({ standing: 'signed', size: 560 });
    await trail.expectLast(560);
    expect((await trail.checkpoints()).at(-1)?.root).toEqual(last?.root);
  });

  it('has the tree begun anew by the recipe for a log that is stuck, and of no other tenant', async () => {
    const page = readFileSync(new URL('./checkpoints.md', import.meta.url), 'utf8');
    const [, recipe = expect.unreachable()] = /```sql\n([\s\S]*?)```/.exec(page) ?? [];
    const counted = async () => (await run('SELECT count(*)::int AS count FROM checkpoint'))[0]?.['count'];
    const before = Number(await counted());
    await audit.tamper(
      `UPDATE tree_tile SET hashes = decode(repeat('ab', 32), 'hex') WHERE tenant_id = '${trail.tenantId}'`,
    );
    await trail.append(1);
    await expect(trail.make()).rejects.toMatchObject({ code: 'record-forged' });
    await run(`SET ROLE ankadb_audit_owner; ${recipe.replaceAll(/'0{8}-\S+'/g, `'${trail.tenantId}'`)}`);
    expect([await trail.checkpoints(), Number(await counted())]).toEqual([[], before - 2]);
    expect(await trail.make()).toEqual({ standing: 'signed', size: 561 });
    await trail.expectLast(561);
    const own = `tenant_id = '${trail.tenantId}'`;
    for (const sql of [`DELETE FROM checkpoint WHERE ${own}`, `DELETE FROM tree_tile WHERE ${own}`])
      await expect(run(sql), sql).rejects.toMatchObject({ code: '42501' });
  });

  it('who puts both tables back has the tree continued to the same root', async () => {
    await audit.tamper(`DELETE FROM checkpoint WHERE tenant_id = '${trail.tenantId}';
      DELETE FROM tree_tile WHERE tenant_id = '${trail.tenantId}';
      INSERT INTO checkpoint SELECT * FROM kept_checkpoint; INSERT INTO tree_tile SELECT * FROM kept_tree_tile`);
    expect(await trail.make()).toEqual({ standing: 'signed', size: 560 });
    await trail.expectLast(560);
  });

  it('cannot change them by ordinary statements: triggers refuse it', async () => {
    const own = `tenant_id = '${trail.tenantId}'`;
    for (const sql of [
      `UPDATE checkpoint SET note = 'x' WHERE ${own}`,
      `DELETE FROM checkpoint WHERE ${own}`,
      'TRUNCATE checkpoint',
      `UPDATE tree_tile SET hashes = substring(hashes FOR 32) WHERE ${own} AND level = 0`,
      `UPDATE tree_tile SET level = 3 WHERE ${own} AND level = 0`,
      `DELETE FROM tree_tile WHERE ${own}`,
      'TRUNCATE tree_tile',
    ])
      await expect(run(sql), sql).rejects.toMatchObject({ code: '42501' });
  });
});
