import { AnkaError, type Context, type Grant, type GranteeKind, noSuchKey, tried } from '@ankasecure/contracts';
import { assertAbsent, type RecordHistory, sealsOf, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { assertGranted, loadGrants } from '../access/grant.js';
import { KeyGrantRecord } from '../access/key-grant.entity.js';
import { enabledTenant } from '../key/lock/enabled-tenant.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { allVersions } from '../key/record/select-version.js';

type Grantee = Pick<Grant, 'kind' | 'grantee'>;

/** A grant's part of its name in the audit trail, after the key's id. */
const granteeIn = (name: string): Grantee => {
  const [kind = '', grantee = ''] = name.split('/').map(decodeURIComponent);
  return { kind: kind as GranteeKind, grantee };
};

const isOf =
  ({ kind, grantee }: Grantee) =>
  (one: Grantee): boolean =>
    one.kind === kind && one.grantee === grantee;

/**
 * The grants of a key that the trail holds. A change that takes grants waits for them: how fast the trail answers is the choice of
 * whoever owns its database.
 * @throws AnkaError `audit-unavailable` (retryable)
 */
export const grantsOnRecord = async (
  history: RecordHistory,
  tenantId: string,
  keyId: string,
): Promise<readonly Grantee[]> => {
  const prefix = `${keyId}/`;
  const onRecord = await tried(() => history.idsOnRecord(tenantId, 'key_grant', prefix));
  if (onRecord.error === undefined) return onRecord.result.map((id) => granteeIn(id.slice(prefix.length)));
  if (!onRecord.error.retryable) throw onRecord.error;
  const { code } = onRecord.error;
  const detail = `The grants that the audit trail holds of the key are not known now (${code}), and one that is hidden would stay in force. Try again.`;
  throw new AnkaError('audit-unavailable', detail, { cause: onRecord.error });
};

/**
 * Checks that a change which takes grants sees all that the trail holds: one that the database hides would stay in force.
 * @param held the grants that the database has
 * @param listed those of `grantsOnRecord`, and the grantee whose grant is taken if the request names one
 * @throws AnkaError `record-outdated`; `decision-outdated` if one was made meanwhile; `audit-unavailable` for a named grantee
 */
export const assertGrantsWhole = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  held: readonly Grantee[],
  listed: readonly Grantee[],
): Promise<void> => {
  for (const one of listed)
    if (!held.some(isOf(one))) await assertAbsent(manager, KeyGrantRecord, { tenantId, keyId, ...one });
};

const outdated = (cause: AnkaError): AnkaError =>
  new AnkaError('decision-outdated', 'The key changed while the request ran. Try again.', { cause });

/** What was found before a change of a key's grants, or why nothing is known of them. */
export type KnownGrants = { readonly listed: readonly Grantee[] } | { readonly error: AnkaError };

/**
 * Asks the trail about the grants of a key, before a change of them locks anything: under the tenant's fence, every outcome of
 * the tenant would wait for the answer. What is found here counts for a minute, so the change asks about nothing again that it
 * finds as it was.
 * @returns an error for a caller without access as well. The change refuses them by what it finds itself; if it finds no reason, the
 * database has told two things, and nothing is known of the key's grants
 */
export const knowGrants = async (
  dataSource: DataSource,
  context: Context,
  keyId: string,
  named: readonly Grantee[],
): Promise<KnownGrants> => {
  const { tenantId } = context;
  const isAllowed = await tried(() =>
    withTenant(dataSource, tenantId, async (manager) => {
      if ((await manager.findOneBy(KeyRecord, { tenantId, id: keyId })) === null) throw noSuchKey();
      await enabledTenant(manager, tenantId);
      await assertGranted(manager, context, 'manage', keyId);
    }),
  );
  if (isAllowed.error !== undefined)
    return { error: isAllowed.error.retryable ? isAllowed.error : outdated(isAllowed.error) };
  const known = await tried(async () => {
    const listed = [...(await grantsOnRecord(sealsOf(dataSource.manager).history, tenantId, keyId)), ...named];
    await withTenant(dataSource, tenantId, async (manager) => {
      await allVersions(manager, tenantId, keyId);
      await assertGrantsWhole(manager, tenantId, keyId, await loadGrants(manager, tenantId, keyId), listed);
    });
    return listed;
  });
  return known.error === undefined ? { listed: known.result } : { error: known.error };
};
