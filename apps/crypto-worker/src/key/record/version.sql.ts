/** Moves the revision of a key's current version, and of that alone. */
export const outdateCurrentVersion = `
  UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1 AND key_id = $2
    AND version = (SELECT max(version) FROM key_version WHERE tenant_id = $1 AND key_id = $2)`;

/** Finds the current version of the key that an alias stands for. One statement, so name and revision are of one moment. */
export const versionByAlias = `
  SELECT a.key_id, v.version, v.revision FROM key_alias a JOIN key_version v USING (tenant_id, key_id)
  WHERE a.tenant_id = $1 AND a.name = $2 ORDER BY v.version DESC LIMIT 1`;
