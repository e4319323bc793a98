/** Deletes the rotation policy of a key whose current version is destroyed. */
export const dropPolicyOfDestroyed = `
  DELETE FROM rotation_policy WHERE tenant_id = $1 AND key_id = $2 AND 'DESTROYED' =
    (SELECT state FROM key_version WHERE tenant_id = $1 AND key_id = $2 ORDER BY version DESC LIMIT 1)`;
