/** Sums the uses of each version of a key by operation, the current version first. A version without uses has one row of nulls. */
export const usesByOperation = `
  SELECT v.version, u.operation, sum(u.uses) AS count, max(u.last_used_at) AS last_used_at
  FROM key_version v LEFT JOIN key_usage u USING (tenant_id, key_id, version)
  WHERE v.tenant_id = $1 AND v.key_id = $2
  GROUP BY v.version, u.operation ORDER BY v.version DESC, u.operation`;

/** Finds the last use of each version of a key that was used. */
export const lastUseByVersion =
  'SELECT version, max(last_used_at) AS at FROM key_usage WHERE tenant_id = $1 AND key_id = $2 GROUP BY version';
