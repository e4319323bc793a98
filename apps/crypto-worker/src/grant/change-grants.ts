import {
  AnkaError,
  type Context,
  type DryRun,
  type deleteGrants,
  type Grant,
  type getGrants,
  type KeyGrants,
  type putGrants,
} from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertMay, assertNoGain } from '../access/access.js';
import { grantsOf, readGrants } from '../access/grant.js';
import { type KeyRow, readKey } from '../key/key-store.js';
import { lockKeyFor } from '../key/lock-key.js';
import type { CommitChange } from '../outcome/commit-change.js';
import { keyOf } from '../outcome/rehearse.js';

type Put = z.infer<typeof putGrants.contract.request>;
type Delete = z.infer<typeof deleteGrants.request>;

/** What is to become of a key's grants. */
interface Change {
  readonly operation: 'key.grants.put' | 'key.grants.delete';
  readonly keyId: string;
  readonly next: (held: readonly Grant[]) => readonly Grant[];
}

const replacing = ({ id, grants }: Put): Change => ({ operation: 'key.grants.put', keyId: id, next: () => grants });

const taking = ({ id, kind, grantee }: Delete): Change => {
  const ends = (row: Grant): boolean => kind === undefined || (row.kind === kind && row.grantee === grantee);
  return { operation: 'key.grants.delete', keyId: id, next: (held) => held.filter((row) => !ends(row)) };
};

/**
 * Changes who may do what with a key: decision, change and event in one commit. Each change makes a new revision of the key's
 * versions under the tenant's fence, so when it has returned, no worker releases a result any more that was decided on the
 * grants before.
 */
export class ChangeGrants {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: CommitChange,
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
  put(context: Context, request: Put): Promise<KeyGrants> {
    return this.change(context, replacing(request));
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied` */
  delete(context: Context, request: Delete): Promise<KeyGrants> {
    return this.change(context, taking(request));
  }

  /** What `put` would do: all of its checks, on record as a dry run, and nothing changed. */
  rehearsePut(context: Context, request: Put): Promise<DryRun> {
    return this.rehearse(context, replacing(request));
  }

  /** The same of `delete`. */
  rehearseDelete(context: Context, request: Delete): Promise<DryRun> {
    return this.rehearse(context, taking(request));
  }

  private rehearse(context: Context, change: Change): Promise<DryRun> {
    const { operation, keyId } = change;
    return this.changes.rehearse(context, { operation, keyId, algorithm: null }, async (manager) => {
      await decide(manager, context, change);
      return { key: keyOf((await readKey(manager, context.tenantId, keyId)).at(-1) as KeyRow) };
    });
  }

  private change(context: Context, change: Change): Promise<KeyGrants> {
    const { tenantId } = context;
    const { operation, keyId } = change;
    return this.changes.commit(context, { operation, keyId, algorithm: null }, async (manager) => {
      const { held, next } = await decide(manager, context, change);
      await write(manager, context, keyId, next);
      const events = changesOf(held, next).map((details) => ({ details }));
      return { result: await read(manager, tenantId, keyId), events };
    });
  }
}

/** The grants before and after, with the key locked. @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed` */
const decide = async (
  manager: EntityManager,
  context: Context,
  { keyId, next }: Change,
): Promise<{ readonly held: readonly Grant[]; readonly next: readonly Grant[] }> => {
  await lockKeyFor(manager, context, 'manage', keyId);
  const held = await readGrants(manager, context.tenantId, keyId);
  const after = next(held);
  assertNoGain(context, held, after);
  return { held, next: after };
};

const read = async (manager: EntityManager, tenantId: string, keyId: string): Promise<KeyGrants> => {
  const [key] = await manager.query<{ revision: number }[]>(
    'SELECT revision FROM key WHERE tenant_id = $1 AND id = $2',
    [tenantId, keyId],
  );
  if (key === undefined) throw new AnkaError('key-not-found');
  return { keyId, grants: await readGrants(manager, tenantId, keyId), revision: key.revision };
};

const write = async (
  manager: EntityManager,
  { tenantId, principal }: Context,
  keyId: string,
  grants: readonly Grant[],
): Promise<void> => {
  const key = [tenantId, keyId];
  await manager.query('DELETE FROM key_grant WHERE tenant_id = $1 AND key_id = $2', key);
  await manager.query(
    `INSERT INTO key_grant (tenant_id, key_id, kind, grantee, rights, granted_by)
     SELECT $1, $2, row.kind, row.grantee, row.rights, $3
     FROM jsonb_to_recordset($4) AS row (kind text, grantee text, rights text[])`,
    [...key, principal, JSON.stringify(grants)],
  );
  await manager.query('UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1 AND key_id = $2', key);
  await manager.query('UPDATE key SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2', key);
};

const wordsOf = ({ kind, grantee, rights }: Grant): string => `${kind}:${grantee}=${rights.join(',')}`;

/** Characters of one field of an event; the longest word has fewer. */
const fieldLength = 512;

/** All of them, in as many fields as they need. */
const listed = (words: readonly string[]): string[] =>
  words.reduce<string[]>((fields, word) => {
    const last = fields.at(-1);
    if (last === undefined || last.length + 2 + word.length > fieldLength) return [...fields, word];
    return [...fields.slice(0, -1), `${last}; ${word}`];
  }, []);

/** For the trail: what was given and what was taken, grantee by grantee, in as many events as that takes. */
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
