/** $1 tenant. Takes the tenant's fence until the transaction ends: its outcomes wait to be committed. */
export const takeFence = 'SELECT pg_advisory_xact_lock(fence_of($1))';

/** $1 tenant, $2 key. Locks the key's row and returns its revision. Foreign keys to the row stay possible. */
export const lockKeyRow = 'SELECT revision FROM key WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE';

/** $1 tenant, $2 key. Makes a new revision of the key's current version. */
export const outdateCurrentVersion = `
  UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1 AND key_id = $2
    AND version = (SELECT max(version) FROM key_version WHERE tenant_id = $1 AND key_id = $2)`;
