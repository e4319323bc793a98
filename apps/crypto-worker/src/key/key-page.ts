import type { Context, listKeys } from '@ankasecure/contracts';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { z } from 'zod';
import { mayWithAll } from '../access/access.js';
import { grantedAny } from '../access/grant.js';
import type { KeyVersionRecord } from './record/key-version.entity.js';
import { keyVersions } from './version-record.js';

export type KeyFilter = Omit<z.infer<typeof listKeys.request>, 'limit' | 'cursor'>;

/** A key of a page: its current version, and the key's place in the listing. */
interface KeyOfPage {
  readonly record: KeyVersionRecord;
  /** The key's creation time in microseconds since the epoch, and its id. A `Date` holds milliseconds only. */
  readonly position: string;
}

const position = `(extract(epoch FROM key.createdAt) * 1000000)::bigint::text || '/' || key.id`;

const isCurrent = `version.version = (SELECT max(newest.version) FROM key_version newest
  WHERE newest.tenant_id = version.tenantId AND newest.key_id = version.keyId)`;

const isAfter = `(key.createdAt, key.id) < ('epoch'::timestamptz + CAST(:createdAt AS bigint) * interval '1 microsecond', :id)`;

const isInState = 'state_at(version.state, version.activateAt, version.deactivateAt, :now) = :state';

/** Narrows to keys with all that `filter` names. */
const narrow = (keys: SelectQueryBuilder<KeyVersionRecord>, { algorithm, purpose, state, label }: KeyFilter): void => {
  if (algorithm !== undefined) keys.andWhere('key.algorithm = :algorithm', { algorithm });
  if (purpose !== undefined) keys.andWhere('key.purpose = :purpose', { purpose });
  if (state !== undefined) keys.andWhere(isInState, { state, now: new Date() });
  if (label !== undefined) keys.andWhere('key.label = :label', { label });
};

/**
 * Reads keys that the caller may see, newest first; the transaction must be the tenant's.
 * @param after the position of the last key of the page before
 */
export const keyPage = async (
  manager: EntityManager,
  context: Context,
  filter: KeyFilter,
  after: string | undefined,
  limit: number,
): Promise<KeyOfPage[]> => {
  const { tenantId, principal, groups = [] } = context;
  const keys = keyVersions(manager)
    .addSelect(position, 'position')
    .where('key.tenantId = :tenantId', { tenantId })
    .andWhere(isCurrent)
    .orderBy('key.createdAt', 'DESC')
    .addOrderBy('key.id', 'DESC')
    .limit(limit);
  narrow(keys, filter);
  if (!mayWithAll(context, 'view')) keys.andWhere(grantedAny('key.tenantId', 'key.id'), { principal, groups });
  const [createdAt, id] = after?.split('/') ?? [];
  if (after !== undefined) keys.andWhere(isAfter, { createdAt, id });
  const { entities, raw } = await keys.getRawAndEntities<{ position: string }>();
  return entities.map((record, index) => ({ record, position: raw[index]?.position as string }));
};
