import {
  type Alias,
  AnkaError,
  assertPreconditions,
  type Context,
  type DryRun,
  type listAliases,
  type putAlias,
} from '@ankasecure/contracts';
import {
  assertAbsent,
  type CursorScope,
  CursorSeal,
  changeRecord,
  removeRecord,
  transactionTime,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import type { z } from 'zod';
import { mayWithAll } from '../access/access.js';
import { assertGranted, assertGrantsGenuine, grantedAny } from '../access/grant.js';
import { refusalOf } from '../key/key-state.js';
import { lockKeyFor, outdateVersions } from '../key/lock/lock-key.js';
import { KeyAliasRecord, PastAliasRecord } from '../key/record/key-alias.entity.js';
import { readCurrent } from '../key/record/select-version.js';
import { type Forecast, forecastKey } from '../outcome/dry-run-answer.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { keepRevision } from './key-alias.sql.js';

interface Named {
  readonly name: string;
}

type Naming = z.infer<typeof putAlias.contract.request>;

/**
 * The names that a tenant gives its keys. An operation by a name is decided on the key's version. When a name leaves a key,
 * all of the key's cached versions become outdated. After the change has returned, no worker protects or processes data with
 * the old key by that name.
 */
@Injectable()
export class KeyAliases {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: KeyActionRunner,
    private readonly cursors: CursorSeal,
  ) {}

  /** @throws AnkaError `alias-not-found`, `key-access-denied` */
  get(context: Context, { name }: Named): Promise<Alias> {
    const { tenantId } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const row = await read(manager, tenantId, name);
      await assertGranted(manager, context, 'view', row.keyId);
      return aliasOf(row);
    });
  }

  /** The key that the alias names. Whoever may use it or not: that is decided where the key is used. @throws AnkaError `alias-not-found` */
  resolve({ tenantId }: Context, { name }: Named): Promise<{ keyId: string }> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const { keyId } = await read(manager, tenantId, name);
      return { keyId };
    });
  }

  /** Lists the aliases of keys that the caller may see, by name. @throws AnkaError `cursor-invalid` */
  async list(
    context: Context,
    { limit, cursor, ...filter }: z.infer<typeof listAliases.request>,
  ): Promise<{ items: Alias[]; next: string | null }> {
    const { tenantId } = context;
    const scope: CursorScope = { tenantId, listing: 'aliases', filter };
    const after = cursor === undefined ? '' : this.cursors.open(scope, cursor);
    const rows = await withTenant(this.dataSource, tenantId, async (manager) => {
      const found = await visibleAliases(manager, context, filter.keyId)
        .andWhere('alias.name > :after', { after })
        .orderBy('alias.name')
        .limit(limit + 1)
        .getMany();
      await assertGrantsGenuine(
        manager,
        context,
        'view',
        found.map(({ keyId }) => keyId),
      );
      return found;
    });
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
        // The change updates the loaded record.
        const before = old === null ? null : { ...old };
        const row = await write(manager, tenantId, naming, old);
        if (before !== null && before.keyId !== keyId) await outdateVersions(manager, tenantId, before.keyId);
        return { result: aliasOf(row), events: [changed(row, before)] };
      },
    });
  }

  /**
   * Removes an alias. Changes of one tenant's aliases run one after the other, because each holds the tenant's fence.
   * @returns the alias before its removal
   * @throws AnkaError `alias-not-found`, `key-access-denied`, `precondition-failed`
   */
  remove(context: Context, { name }: Named): Promise<Alias | DryRun> {
    const { tenantId } = context;
    return this.actions.run(context, {
      operation: 'alias.delete',
      keyId: null,
      details: { alias: name },
      check: (manager) => checkRemove(manager, context, name),
      foresee: (old, manager) => forecast(manager, tenantId, old.keyId),
      write: async (manager, old) => {
        await forget(manager, old);
        await outdateVersions(manager, tenantId, old.keyId);
        return { result: aliasOf(old), events: [changed(old, old)] };
      },
    });
  }
}

/** The event of a changed alias: its key now and its key before. */
const changed = ({ name, keyId }: KeyAliasRecord, old: KeyAliasRecord | null) => ({
  keyId,
  details: { alias: name, ...(old !== null && { was: old.keyId }) },
});

const forecast = async (manager: EntityManager, tenantId: string, keyId: string): Promise<Forecast> => ({
  key: forecastKey(await readCurrent(manager, tenantId, keyId)),
});

/** The aliases of keys that the caller may see. */
const visibleAliases = (
  manager: EntityManager,
  context: Context,
  keyId: string | undefined,
): SelectQueryBuilder<KeyAliasRecord> => {
  const query = manager
    .createQueryBuilder(KeyAliasRecord, 'alias')
    .where('alias.tenantId = :tenantId', { tenantId: context.tenantId });
  if (keyId !== undefined) query.andWhere('alias.keyId = :keyId', { keyId });
  if (!mayWithAll(context, 'view'))
    query.andWhere(grantedAny('alias.tenant_id', 'alias.key_id', ':subject', ':groups'), {
      subject: context.principal,
      groups: context.groups ?? [],
    });
  return query;
};

const aliasOf = ({ name, keyId, changedAt, revision }: KeyAliasRecord): Alias => ({
  name,
  keyId,
  changedAt: changedAt.toISOString(),
  revision,
});

/** Aliases change one after the other, under the tenant's fence. An alias that `old` says is missing is therefore still missing. */
const write = async (
  manager: EntityManager,
  tenantId: string,
  { name, keyId }: Naming,
  old: KeyAliasRecord | null,
): Promise<KeyAliasRecord> => {
  if (old === null) {
    const revision = ((await manager.findOneBy(PastAliasRecord, { tenantId }))?.lastRevision ?? 0) + 1;
    await manager.insert(KeyAliasRecord, { tenantId, name, keyId, revision });
  } else
    await changeRecord(manager, old, { keyId, changedAt: await transactionTime(manager), revision: old.revision + 1 });
  return read(manager, tenantId, name);
};

/** Deletes an alias, and keeps its revision as one that no later alias may have. */
const forget = async (manager: EntityManager, alias: KeyAliasRecord): Promise<void> => {
  await removeRecord(manager, alias);
  await manager.query(keepRevision, [alias.tenantId, alias.revision]);
};

const find = (manager: EntityManager, tenantId: string, name: string): Promise<KeyAliasRecord | null> =>
  manager.findOneBy(KeyAliasRecord, { tenantId, name });

const read = async (manager: EntityManager, tenantId: string, name: string): Promise<KeyAliasRecord> => {
  const row = await find(manager, tenantId, name);
  if (row === null) throw new AnkaError('alias-not-found');
  return row;
};

/** The preconditions name revisions of the alias, not of its key. */
const unconditional = ({ ifMatch: _, ifNoneMatch: __, ...context }: Context): Context => context;

/** @throws AnkaError `precondition-failed` if the caller has another revision, or one of a deleted alias */
const assertExpected = (context: Context, row: KeyAliasRecord | null): void =>
  assertPreconditions(context, row?.revision, 'The alias');

/**
 * Checks a change and locks the key. A missing alias must be missing in the audit trail too: otherwise the versions of the key
 * that it leaves would not become outdated.
 * @returns the alias before the change
 * @throws AnkaError `key-not-found`, `precondition-failed`, `key-state`, `record-outdated`, `audit-unavailable`
 */
const checkPut = async (
  manager: EntityManager,
  context: Context,
  { name, keyId }: Naming,
): Promise<KeyAliasRecord | null> => {
  const { tenantId } = context;
  await lockKeyFor(manager, unconditional(context), 'manage', keyId);
  const old = await find(manager, tenantId, name);
  if (old === null) await assertAbsent(manager, KeyAliasRecord, { tenantId, name });
  else await assertGranted(manager, context, 'manage', old.keyId);
  assertExpected(context, old);
  const { state } = await readCurrent(manager, tenantId, keyId);
  if (state === 'DESTROYED') throw new AnkaError('key-state', refusalOf(state, 'have an alias'));
  return old;
};

/** Checks a removal and locks the alias's key. @throws AnkaError `alias-not-found`, `precondition-failed` */
const checkRemove = async (manager: EntityManager, context: Context, name: string): Promise<KeyAliasRecord> => {
  const { tenantId } = context;
  await lockKeyFor(manager, unconditional(context), 'manage', (await read(manager, tenantId, name)).keyId);
  const old = await read(manager, tenantId, name);
  await assertGranted(manager, context, 'manage', old.keyId);
  assertExpected(context, old);
  return old;
};
