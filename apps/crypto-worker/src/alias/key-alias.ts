import {
  type Alias,
  AnkaError,
  type Context,
  type DryRun,
  type listAliases,
  type putAlias,
} from '@ankasecure/contracts';
import { type CursorScope, CursorSeal, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import { mayWithAll } from '../access/access.js';
import { assertGranted, grantedAny } from '../access/grant.js';
import { refusalOf } from '../key/key-state.js';
import { type KeyRow, readKey } from '../key/key-store.js';
import { lockKeyFor, outdateKey } from '../key/lock-key.js';
import type { CommitChange } from '../outcome/commit-change.js';
import { type Deed, keyOf } from '../outcome/rehearse.js';

interface Row {
  readonly name: string;
  readonly key_id: string;
  readonly changed_at: Date;
  readonly revision: number;
}

interface Named {
  readonly name: string;
}

type Naming = z.infer<typeof putAlias.contract.request>;

/**
 * The names a tenant gives its keys. Whoever uses a key by a name is decided on that key's version, so a name that leaves a key
 * makes the key's cached versions outdated: when the change has returned, no worker protects by the name with the old key.
 */
export class KeyAliases {
  private readonly cursors: CursorSeal;

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: CommitChange,
    cursorSecret: string,
  ) {
    this.cursors = new CursorSeal(cursorSecret);
  }

  /** @throws AnkaError `alias-not-found`, `key-access-denied` */
  get(context: Context, { name }: Named): Promise<Alias> {
    const { tenantId } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const row = await read(manager, tenantId, name);
      await assertGranted(manager, context, 'view', row.key_id);
      return aliasOf(row);
    });
  }

  /** By name, those of keys that the caller may see. @throws AnkaError `cursor-invalid` */
  async list(
    context: Context,
    { limit, cursor, ...filter }: z.infer<typeof listAliases.request>,
  ): Promise<{ items: Alias[]; next: string | null }> {
    const { tenantId } = context;
    const scope: CursorScope = { tenantId, listing: 'aliases', filter };
    const after = cursor === undefined ? '' : this.cursors.open(scope, cursor);
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<Row[]>(
        `SELECT ${columns} FROM key_alias a WHERE tenant_id = $1 AND name > $2 AND ($3::uuid IS NULL OR key_id = $3)
           AND ($5 OR ${grantedAny('a.tenant_id', 'a.key_id', '$6', '$7')})
         ORDER BY name LIMIT $4`,
        [
          ...[tenantId, after, filter.keyId ?? null, limit + 1],
          ...[mayWithAll(context, 'view'), context.principal, context.groups ?? []],
        ],
      ),
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(aliasOf),
      next: rows.length > limit && last !== undefined ? this.cursors.seal(scope, last.name) : null,
    };
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed`, `key-state` for a destroyed key */
  put(context: Context, { name, keyId }: Naming): Promise<Alias> {
    const { tenantId } = context;
    return this.change(context, deedOf('alias.put', name, keyId), async (manager) => {
      const old = await checkPut(manager, context, { name, keyId });
      const [row] = await manager.query<Row[]>(
        `INSERT INTO key_alias (tenant_id, name, key_id) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, name) DO UPDATE SET key_id = excluded.key_id, changed_at = now(), revision = key_alias.revision + 1
         RETURNING ${columns}`,
        [tenantId, name, keyId],
      );
      if (old !== undefined && old.key_id !== keyId) await outdateKey(manager, tenantId, old.key_id);
      return { row: row as Row, was: old };
    });
  }

  /** Changes of one tenant's names come one after the other, since each takes its fence. @returns what was. @throws AnkaError `alias-not-found`, `key-access-denied`, `precondition-failed` */
  remove(context: Context, { name }: Named): Promise<Alias> {
    const { tenantId } = context;
    return this.change(context, deedOf('alias.delete', name, null), async (manager) => {
      const old = await checkRemove(manager, context, name);
      await manager.query('DELETE FROM key_alias WHERE tenant_id = $1 AND name = $2', [tenantId, name]);
      await outdateKey(manager, tenantId, old.key_id);
      return { row: old, was: old };
    });
  }

  /** What `put` would do: all of its checks, on record as a dry run, and nothing changed. */
  rehearsePut(context: Context, naming: Naming): Promise<DryRun> {
    return this.rehearse(context, deedOf('alias.put', naming.name, naming.keyId), async (manager) => {
      await checkPut(manager, context, naming);
      return naming.keyId;
    });
  }

  rehearseRemove(context: Context, { name }: Named): Promise<DryRun> {
    return this.rehearse(context, deedOf('alias.delete', name, null), async (manager) => {
      const { key_id: keyId } = await checkRemove(manager, context, name);
      return keyId;
    });
  }

  /** @param check gives the id of the key it is about */
  private rehearse(context: Context, deed: Deed, check: (manager: EntityManager) => Promise<string>): Promise<DryRun> {
    return this.changes.rehearse(context, deed, async (manager) => {
      const rows = await readKey(manager, context.tenantId, await check(manager));
      return { key: keyOf(rows.at(-1) as KeyRow) };
    });
  }

  private async change(
    context: Context,
    deed: Deed,
    work: (manager: EntityManager) => Promise<{ row: Row; was: Row | undefined }>,
  ): Promise<Alias> {
    const row = await this.changes.commit(context, deed, async (manager) => {
      const { row: result, was } = await work(manager);
      const details = { ...deed.details, ...(was === undefined ? {} : { was: was.key_id }) };
      return { result, events: [{ keyId: result.key_id, details }] };
    });
    return aliasOf(row);
  }
}

const deedOf = (operation: 'alias.put' | 'alias.delete', name: string, keyId: string | null): Deed => ({
  ...{ operation, keyId, algorithm: null },
  details: { alias: name },
});

const columns = 'name, key_id, changed_at, revision';

const aliasOf = ({ name, key_id, changed_at, revision }: Row): Alias => ({
  name,
  keyId: key_id,
  changedAt: changed_at.toISOString(),
  revision,
});

const find = async (manager: EntityManager, tenantId: string, name: string): Promise<Row | undefined> => {
  const [row] = await manager.query<Row[]>(`SELECT ${columns} FROM key_alias WHERE tenant_id = $1 AND name = $2`, [
    tenantId,
    name,
  ]);
  return row;
};

const read = async (manager: EntityManager, tenantId: string, name: string): Promise<Row> => {
  const row = await find(manager, tenantId, name);
  if (row === undefined) throw new AnkaError('alias-not-found');
  return row;
};

/** What the call is conditioned on is the alias, not its key. */
const unconditional = ({ ifMatch: _, ...context }: Context): Context => context;

/** @throws AnkaError `precondition-failed` when the caller has seen another revision, or one of an alias that is no more */
const assertExpected = ({ ifMatch }: Pick<Context, 'ifMatch'>, row: Row | undefined): void => {
  if (ifMatch !== undefined && ifMatch !== row?.revision)
    throw new AnkaError('precondition-failed', 'The alias has changed since; read it again and decide anew');
};

/** With the key locked. @returns what the name stands for until now. @throws AnkaError `key-not-found`, `precondition-failed`, `key-state` */
const checkPut = async (
  manager: EntityManager,
  context: Context,
  { name, keyId }: Naming,
): Promise<Row | undefined> => {
  const { tenantId } = context;
  await lockKeyFor(manager, unconditional(context), 'manage', keyId);
  const old = await find(manager, tenantId, name);
  if (old !== undefined) await assertGranted(manager, context, 'manage', old.key_id);
  assertExpected(context, old);
  const { state } = (await readKey(manager, tenantId, keyId)).at(-1) as KeyRow;
  if (state === 'DESTROYED') throw new AnkaError('key-state', refusalOf(state, 'be given a name'));
  return old;
};

/** With the key locked that the name stands for. @throws AnkaError `alias-not-found`, `precondition-failed` */
const checkRemove = async (manager: EntityManager, context: Context, name: string): Promise<Row> => {
  const { tenantId } = context;
  await lockKeyFor(manager, unconditional(context), 'manage', (await read(manager, tenantId, name)).key_id);
  const old = await read(manager, tenantId, name);
  await assertGranted(manager, context, 'manage', old.key_id);
  assertExpected(context, old);
  return old;
};
