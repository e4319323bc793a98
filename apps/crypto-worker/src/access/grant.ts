import type { Context, Grant, GranteeKind, KeyRight } from '@ankasecure/contracts';
import { type EntityManager, In } from 'typeorm';
import { assertMay, type GrantsOfKey, type KeyAccess, mayWithAll } from './access.js';
import { KeyGrantRecord } from './key-grant.entity.js';

const byKindAndName = (a: Grant, b: Grant): number =>
  a.kind === b.kind ? Buffer.compare(Buffer.from(a.grantee), Buffer.from(b.grantee)) : a.kind < b.kind ? 1 : -1;

/** One key's grants as they are listed: subjects, then groups, each in the order of their bytes. */
export const inOrder = <Row extends Grant>(grants: readonly Row[]): Row[] => grants.toSorted(byKindAndName);

/** Loads one key's grants in order. The transaction must be the tenant's. */
export const loadGrants = async (manager: EntityManager, tenantId: string, keyId: string): Promise<KeyGrantRecord[]> =>
  inOrder(await manager.findBy(KeyGrantRecord, { tenantId, keyId }));

/** The grants of `loadGrants` without what the database keeps beside them. */
export const readGrants = async (manager: EntityManager, tenantId: string, keyId: string): Promise<Grant[]> =>
  (await loadGrants(manager, tenantId, keyId)).map(grantIn);

/** The grant of a record. */
export const grantIn = ({ kind, grantee, rights }: KeyGrantRecord): Grant => ({ kind, grantee, rights });

/**
 * Loads the grants of keys that a listing shows because of them, so that their seals are checked. A caller to whom a role
 * gives `access` sees the keys without any grant.
 * @throws AnkaError `record-forged`
 */
export const assertGrantsGenuine = async (
  manager: EntityManager,
  context: Context,
  access: KeyAccess,
  keyIds: readonly string[],
): Promise<void> => {
  if (mayWithAll(context, access) || keyIds.length === 0) return;
  await manager.findBy(KeyGrantRecord, { tenantId: context.tenantId, keyId: In([...new Set(keyIds)]) });
};

const named = (grants: readonly Grant[], kind: GranteeKind): ReadonlyMap<string, readonly KeyRight[]> =>
  new Map(grants.filter((row) => row.kind === kind).map(({ grantee, rights }) => [grantee, rights]));

export const grantsOf = (grants: readonly Grant[]): GrantsOfKey => ({
  subject: named(grants, 'subject'),
  group: named(grants, 'group'),
});

/**
 * Checks access by the grants that the transaction sees. If the caller's role is enough, no grants are read.
 * @throws AnkaError `key-access-denied`
 */
export const assertGranted = async (
  manager: EntityManager,
  context: Context,
  access: KeyAccess,
  keyId: string,
): Promise<void> => {
  if (mayWithAll(context, access)) return;
  assertMay(context, access, grantsOf(await readGrants(manager, context.tenantId, keyId)));
};

/**
 * SQL that tells whether any grant lets a caller see a key; every right does. The arguments are columns, and parameters for
 * the caller's subject and groups.
 */
export const grantedAny = (tenantId: string, keyId: string, subject: string, groups: string): string =>
  `EXISTS (SELECT FROM key_grant g WHERE g.tenant_id = ${tenantId} AND g.key_id = ${keyId}
     AND (g.kind = 'subject' AND g.grantee = ${subject} OR g.kind = 'group' AND g.grantee = ANY (${groups}::text[])))`;
