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
import { type Forecast, forecastKey } from '../outcome/dry-run.js';
import type { KeyActionRunner } from '../outcome/key-action.js';

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
    private readonly actions: KeyActionRunner,
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
  put(context: Context, naming: Naming): Promise<Alias | DryRun> {
    const { tenantId } = context;
    const { name, keyId } = naming;
    return this.actions.run(context, {
      operation: 'alias.put',
      keyId,
      details: { alias: name },
      check: (manager) => checkPut(manager, context, naming),
      foresee: (_old, manager) => forecast(manager, tenantId, keyId),
      write: async (manager, old) => {
        const row = await write(manager, tenantId, naming);
        if (old !== undefined && old.key_id !== keyId) await outdateKey(manager, tenantId, old.key_id);
        return { result: aliasOf(row), events: [changed(row, old)] };
      },
    });
  }

  /**
   * Changes of one tenant's names come one after the other, since each takes its fence.
   * @returns the alias as it was
   * @throws AnkaError `alias-not-found`, `key-access-denied`, `precondition-failed`
   */
  remove(context: Context, { name }: Named): Promise<Alias | DryRun> {
    const { tenantId } = context;
    return this.actions.run(context, {
      operation: 'alias.delete',
      keyId: null,
      details: { alias: name },
      check: (manager) => checkRemove(manager, context, name),
      foresee: (old, manager) => forecast(manager, tenantId, old.key_id),
      write: async (manager, old) => {
        await manager.query('DELETE FROM key_alias WHERE tenant_id = $1 AND name = $2', [tenantId, name]);
        await outdateKey(manager, tenantId, old.key_id);
        return { result: aliasOf(old), events: [changed(old, old)] };
      },
    });
  }
}

/** The event of a changed alias: the key it stands for, and the one it stood for. */
const changed = ({ name, key_id: keyId }: Row, old: Row | undefined) => ({
  keyId,
  details: { alias: name, ...(old !== undefined && { was: old.key_id }) },
});

const forecast = async (manager: EntityManager, tenantId: string, keyId: string): Promise<Forecast> => ({
  key: forecastKey((await readKey(manager, tenantId, keyId)).at(-1) as KeyRow),
});

const columns = 'name, key_id, changed_at, revision';

const aliasOf = ({ name, key_id, changed_at, revision }: Row): Alias => ({
  name,
  keyId: key_id,
  changedAt: changed_at.toISOString(),
  revision,
});

const write = async (manager: EntityManager, tenantId: string, { name, keyId }: Naming): Promise<Row> => {
  const [row] = await manager.query<Row[]>(
    `INSERT INTO key_alias (tenant_id, name, key_id) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, name) DO UPDATE SET key_id = excluded.key_id, changed_at = now(), revision = key_alias.revision + 1
     RETURNING ${columns}`,
    [tenantId, name, keyId],
  );
  return row as Row;
};

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
    throw new AnkaError('precondition-failed', 'The alias has changed. Read it again and repeat the change.');
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
  if (state === 'DESTROYED') throw new AnkaError('key-state', refusalOf(state, 'have an alias'));
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
