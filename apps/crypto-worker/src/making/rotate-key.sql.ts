/**
 * Tells whether a version has the key and policy revisions that the decision used, and no version has the number of the new one
 * ($6) or a later one.
 */
export const decisionHolds = `
  SELECT 1 FROM key_version v JOIN tenant_policy p USING (tenant_id)
  WHERE v.tenant_id = $1 AND v.key_id = $2 AND v.version = $3 AND v.revision = $4 AND p.revision = $5
    AND NOT EXISTS (SELECT 1 FROM key_version n WHERE n.tenant_id = $1 AND n.key_id = $2 AND n.version >= $6)`;
