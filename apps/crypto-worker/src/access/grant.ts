import type { Context, Grant, GranteeKind, KeyRight } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { assertMay, type Deed, type GrantsOfKey, mayWithAll } from './access.js';
import { KeyGrantRecord } from './key-grant.entity.js';

/** One key's grants, in a fixed order; the transaction must be the tenant's. */
export const readGrants = async (manager: EntityManager, tenantId: string, keyId: string): Promise<Grant[]> => {
  const records = await manager
    .createQueryBuilder(KeyGrantRecord, 'held')
    .where({ tenantId, keyId })
    .orderBy('held.kind', 'DESC')
    .addOrderBy('held.grantee COLLATE "C"')
    .getMany();
  return records.map(({ kind, grantee, rights }) => ({ kind, grantee, rights }));
};

const named = (grants: readonly Grant[], kind: GranteeKind): ReadonlyMap<string, readonly KeyRight[]> =>
  new Map(grants.filter((row) => row.kind === kind).map(({ grantee, rights }) => [grantee, rights]));

export const grantsOf = (grants: readonly Grant[]): GrantsOfKey => ({
  subject: named(grants, 'subject'),
  group: named(grants, 'group'),
});

/**
 * Decides by the grants that the transaction sees; nobody's are read whose role is enough.
 * @throws AnkaError `key-access-denied`
 */
export const assertGranted = async (
  manager: EntityManager,
  context: Context,
  deed: Deed,
  keyId: string,
): Promise<void> => {
  if (mayWithAll(context, deed)) return;
  assertMay(context, deed, grantsOf(await readGrants(manager, context.tenantId, keyId)));
};

/**
 * A condition: any grant on the key lets the caller `:principal` in `:groups` see it, as any right does.
 * @param tenantId the property that holds the tenant, such as `key.tenantId`
 * @param keyId the property that holds the key's id
 */
export const grantedAny = (tenantId: string, keyId: string): string => `
  EXISTS (SELECT FROM key_grant held WHERE held.tenant_id = ${tenantId} AND held.key_id = ${keyId}
    AND (held.kind = 'subject' AND held.grantee = :principal OR held.kind = 'group' AND held.grantee = ANY (:groups)))`;
