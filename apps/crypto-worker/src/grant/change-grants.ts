import {
  type Context,
  type DryRun,
  type deleteGrants,
  type Grant,
  type getGrants,
  type KeyGrants,
  noSuchKey,
  type putGrants,
} from '@ankasecure/contracts';
import { removeRecord, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertMay, assertNoGain } from '../access/access.js';
import { grantIn, grantsOf, inOrder, loadGrants, readGrants } from '../access/grant.js';
import { KeyGrantRecord } from '../access/key-grant.entity.js';
import { lockKeyFor, outdateVersions, reviseKey } from '../key/lock/lock-key.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { readCurrent } from '../key/record/select-version.js';
import { forecastKey } from '../outcome/dry-run-answer.js';
import { type KeyAction, KeyActionRunner } from '../outcome/key-action.js';
import { assertGrantsWhole, type KnownGrants, knowGrants } from './known-grants.js';

type Put = z.infer<typeof putGrants.contract.request>;
type Delete = z.infer<typeof deleteGrants.request>;

/** A change of a key's grants as a request states it. */
interface GrantChange {
  readonly operation: 'key.grants.put' | 'key.grants.delete';
  readonly keyId: string;
  readonly next: (held: readonly Grant[]) => readonly Grant[];
  /** The one grantee whose grant is taken, if the request names one. */
  readonly named?: Pick<Grant, 'kind' | 'grantee'>;
}

/** The grants before a change, as they were loaded, and after it. */
interface GrantPlan {
  readonly held: readonly KeyGrantRecord[];
  readonly next: readonly Grant[];
}

const replacing = ({ id, grants }: Put): GrantChange => ({
  operation: 'key.grants.put',
  keyId: id,
  next: () => grants,
});

const taking = ({ id, kind, grantee }: Delete): GrantChange => {
  const ends = (row: Grant): boolean => kind === undefined || (row.kind === kind && row.grantee === grantee);
  return {
    operation: 'key.grants.delete',
    keyId: id,
    next: (held) => held.filter((row) => !ends(row)),
    ...(kind !== undefined && grantee !== undefined && { named: { kind, grantee } }),
  };
};

/**
 * Changes the rights on a key. Decision, change and event are one commit. Each change makes a new revision of the key's
 * versions under the tenant's fence. After it has returned, no worker releases a result that was decided on the earlier
 * grants.
 */
@Injectable()
export class ChangeGrants {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: KeyActionRunner,
  ) {}

  /** @throws AnkaError `key-not-found`, `key-access-denied` */
  get(context: Context, { id }: z.infer<typeof getGrants.request>): Promise<KeyGrants> {
    return withTenant(this.dataSource, context.tenantId, async (manager) => {
      const found = await read(manager, context.tenantId, id);
      assertMay(context, 'see-grants', grantsOf(found.grants));
      return found;
    });
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed` */
  put(context: Context, request: Put): Promise<KeyGrants | DryRun> {
    return this.change(context, replacing(request));
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied` */
  delete(context: Context, request: Delete): Promise<KeyGrants | DryRun> {
    return this.change(context, taking(request));
  }

  private async change(context: Context, change: GrantChange): Promise<KeyGrants | DryRun> {
    const { keyId, named } = change;
    const known = await knowGrants(this.dataSource, context, keyId, named === undefined ? [] : [named]);
    return this.actions.run(context, actionOf(context, change, known));
  }
}

const actionOf = (context: Context, change: GrantChange, known: KnownGrants): KeyAction<GrantPlan, KeyGrants> => {
  const { tenantId } = context;
  const { operation, keyId } = change;
  return {
    operation,
    keyId,
    check: (manager) => decide(manager, context, change, known),
    foresee: async (_plan, manager) => ({
      key: forecastKey(await readCurrent(manager, tenantId, keyId)),
    }),
    write: async (manager, { held, next }) => {
      const revision = await write(manager, context, keyId, { held, next });
      const events = changesOf(held.map(grantIn), next).map((details) => ({ details }));
      // Read again, they would be compared with the trail under the fence.
      return { result: { keyId, grants: inOrder(next), revision }, events };
    },
  };
};

/** Locks the key and plans the change. @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed`; as `assertGrantsWhole` */
const decide = async (
  manager: EntityManager,
  context: Context,
  { keyId, next }: GrantChange,
  known: KnownGrants,
): Promise<GrantPlan> => {
  await lockKeyFor(manager, context, 'manage', keyId);
  if ('error' in known) throw known.error;
  const held = await loadGrants(manager, context.tenantId, keyId);
  await assertGrantsWhole(manager, context.tenantId, keyId, held, known.listed);
  const before = held.map(grantIn);
  const after = next(before);
  assertNoGain(context, before, after);
  return { held, next: after };
};

const read = async (manager: EntityManager, tenantId: string, keyId: string): Promise<KeyGrants> => {
  const key = await manager.findOneBy(KeyRecord, { tenantId, id: keyId });
  if (key === null) throw noSuchKey();
  return { keyId, grants: await readGrants(manager, tenantId, keyId), revision: key.revision };
};

/**
 * Removes the very records that the change was decided on: read again, the database could leave one out.
 * @returns the key's new revision
 */
const write = async (
  manager: EntityManager,
  { tenantId, principal }: Context,
  keyId: string,
  { held, next: grants }: GrantPlan,
): Promise<number> => {
  for (const record of held) await removeRecord(manager, record);
  if (grants.length > 0)
    await manager.insert(
      KeyGrantRecord,
      grants.map(({ kind, grantee, rights }) => ({ tenantId, keyId, kind, grantee, rights, grantedBy: principal })),
    );
  await outdateVersions(manager, tenantId, keyId);
  return reviseKey(manager, tenantId, keyId);
};

const wordsOf = ({ kind, grantee, rights }: Grant): string => `${kind}:${grantee}=${rights.join(',')}`;

/** The longest field of an event, in characters. The longest word is shorter. */
const fieldLength = 512;

/** Joins all words into as few fields as possible. */
const listed = (words: readonly string[]): string[] =>
  words.reduce<string[]>((fields, word) => {
    const last = fields.at(-1);
    if (last === undefined || last.length + 2 + word.length > fieldLength) return [...fields, word];
    return [...fields.slice(0, -1), `${last}; ${word}`];
  }, []);

/** The details of the audit events: rights given and taken, by grantee, in as many events as needed. */
const changesOf = (before: readonly Grant[], after: readonly Grant[]): Record<string, string>[] => {
  const had = before.map(wordsOf);
  const has = after.map(wordsOf);
  const given = has.filter((words) => !had.includes(words));
  const taken = had.filter((words) => !has.includes(words));
  const counts = {
    grants: String(after.length),
    ...(given.length > 0 && { givenCount: String(given.length) }),
    ...(taken.length > 0 && { takenCount: String(taken.length) }),
  };
  const [gave, took] = [listed(given), listed(taken)];
  return Array.from({ length: Math.max(1, gave.length, took.length) }, (_, index) => ({
    ...counts,
    ...(gave[index] !== undefined && { given: gave[index] }),
    ...(took[index] !== undefined && { taken: took[index] }),
  }));
};
