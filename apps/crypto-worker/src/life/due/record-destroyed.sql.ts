/** Records the destruction of the version that has this object, and deletes its wrapped blob. */
export const destroyVersion = `
  UPDATE key_version SET state = 'DESTROYED', destroyed_at = now(), revision = revision + 1,
    wrapped_blob = NULL, wrapped_mac = NULL, kek_generation = NULL, rewrap_failure = NULL, sealed_key = NULL
  WHERE tenant_id = $1 AND object_id = $2 AND state = 'DESTROY_SCHEDULED' RETURNING custody`;

/** Deletes the rotation policy of a key whose current version is destroyed. */
export const dropPolicyOfDestroyed = `
  DELETE FROM rotation_policy WHERE tenant_id = $1 AND key_id = $2 AND 'DESTROYED' =
    (SELECT state FROM key_version WHERE tenant_id = $1 AND key_id = $2 ORDER BY version DESC LIMIT 1)`;
