/** The objects of a tenant's platform keys of one kind, and of its open intents. One statement: a making under way is among them. */
export const accountedObjects = `
  SELECT object_id AS "objectId" FROM platform_key WHERE tenant_id = $1 AND kind = $2
  UNION ALL SELECT object_id FROM intent WHERE tenant_id = $1`;
