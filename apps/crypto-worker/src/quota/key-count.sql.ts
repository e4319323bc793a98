import type { EntityManager } from 'typeorm';

/** A tenant's limits. An undefined limit does not apply. Destroyed versions do not count. */
export interface Most {
  readonly keys?: number | undefined;
  /** Versions of all keys. Each is an object in the HSM, or a key that the HSM wraps. */
  readonly objects?: number | undefined;
}

/**
 * Tells which limit keeps the tenant from having one more: `keys` if both do, undefined if none does. Nothing else is recorded
 * until the transaction ends, so the answer still holds when the key or version is recorded in it. The transaction must be the
 * tenant's.
 */
export const reachedLimit = async (
  manager: EntityManager,
  tenantId: string,
  { keys = Number.POSITIVE_INFINITY, objects = Number.POSITIVE_INFINITY }: Most,
): Promise<keyof Most | undefined> => {
  if (keys === Number.POSITIVE_INFINITY && objects === Number.POSITIVE_INFINITY) return undefined;
  await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('keys:' || $1, 0))", [tenantId]);
  const [row] = await manager.query<{ keys: string; objects: string }[]>(
    `SELECT count(DISTINCT key_id) AS keys, count(*) AS objects FROM key_version
     WHERE tenant_id = $1 AND state <> 'DESTROYED'`,
    [tenantId],
  );
  if (!(Number(row?.keys) < keys)) return 'keys';
  return Number(row?.objects) < objects ? undefined : 'objects';
};

/** Counts the versions of one key that are not destroyed. */
export const countVersions = async (manager: EntityManager, tenantId: string, keyId: string): Promise<number> => {
  const [row] = await manager.query<{ count: string }[]>(
    "SELECT count(*) AS count FROM key_version WHERE tenant_id = $1 AND key_id = $2 AND state <> 'DESTROYED'",
    [tenantId, keyId],
  );
  return Number(row?.count);
};
