import { type Grant, type GranteeKind, tried } from '@ankasecure/contracts';
import { assertAbsent, sealsOf } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { KeyGrantRecord } from '../access/key-grant.entity.js';

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
 * Checks that a change which takes grants sees all that the trail holds: one that the database hides would stay in force. While
 * the audit service does not answer, the others are taken all the same.
 * @param held the grants that the database has
 * @param named a grantee whose grant is taken, besides those that the trail lists
 * @throws AnkaError `record-outdated`; `decision-outdated` if one was made meanwhile; `audit-unavailable` for a named grantee
 */
export const assertGrantsWhole = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  held: readonly Grantee[],
  named?: Grantee,
): Promise<void> => {
  const prefix = `${keyId}/`;
  const onRecord = await tried(() => sealsOf(manager).history.idsOnRecord(tenantId, 'key_grant', prefix));
  if (onRecord.error?.retryable === false) throw onRecord.error;
  const ids = onRecord.error === undefined ? onRecord.result : [];
  const listed = ids.map((id) => granteeIn(id.slice(prefix.length)));
  for (const one of [...listed, ...(named === undefined ? [] : [named])])
    if (!held.some(isOf(one))) await assertAbsent(manager, KeyGrantRecord, { tenantId, keyId, ...one });
};
