import type { Context, Grant, GranteeKind, KeyRight } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { assertMay, type GrantsOfKey, type KeyAccess, mayWithAll } from './access.js';
import { KeyGrantRecord } from './key-grant.entity.js';

/** Reads one key's grants, in a fixed order. The transaction must be the tenant's. */
export const readGrants = (manager: EntityManager, tenantId: string, keyId: string): Promise<Grant[]> =>
  manager
    .createQueryBuilder(KeyGrantRecord, 'g')
    .select('g.kind', 'kind')
    .addSelect('g.grantee', 'grantee')
    .addSelect('g.rights', 'rights')
    .where('g.tenantId = :tenantId AND g.keyId = :keyId', { tenantId, keyId })
    .orderBy('g.kind', 'DESC')
    .addOrderBy('g.grantee COLLATE "C"')
    .getRawMany<Grant>();

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
