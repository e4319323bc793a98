/** Tells whether a version is still the current one, with the key and policy revisions that the decision used. */
export const decisionHolds = `
  SELECT 1 FROM key_version v JOIN tenant_policy p USING (tenant_id)
  WHERE v.tenant_id = $1 AND v.key_id = $2 AND v.version = $3 AND v.revision = $4 AND p.revision = $5
    AND NOT EXISTS (SELECT 1 FROM key_version n WHERE n.tenant_id = $1 AND n.key_id = $2 AND n.version > $3)`;

/**
 * Moves the replaced version to its state. Its revision increases, so that workers that still hold it as the current version
 * detect the change. A used-up version keeps its revision, because uses taken of it are still to be committed; workers are
 * notified.
 */
export const followVersion = `
  UPDATE key_version SET state = $4, revision = revision + CASE WHEN $5 THEN 0 ELSE 1 END,
    deactivate_at = CASE WHEN $4 = 'DEACTIVATED' THEN least(deactivate_at, now()) ELSE deactivate_at END
  WHERE tenant_id = $1 AND key_id = $2 AND version = $3`;
