/** Lists the open intents of a partition for all tenants. Workers see across tenants only through this function. */
export const openIntents = `
  SELECT tenant_id AS "tenantId", object_id AS "objectId", kind, lease, event FROM open_intents($1)`;

/** Locks an intent's row. It waits for a commit under way that ends the intent. */
export const lockIntent = 'SELECT 1 FROM intent WHERE tenant_id = $1 AND object_id = $2 FOR UPDATE';

/** Looks for a key version or a platform key with this object. */
export const recordedObject = `
  SELECT 1 FROM key_version WHERE tenant_id = $1 AND object_id = $2
  UNION ALL SELECT 1 FROM platform_key WHERE tenant_id = $1 AND object_id = $2`;
