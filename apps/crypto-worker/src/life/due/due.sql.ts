/** Lists the versions of a partition whose destruction is due by the database's clock and has not begun, for all tenants. */
export const dueDestructions = `
  SELECT tenant_id AS "tenantId", key_id AS "keyId", version, algorithm, object_id AS "objectId", scheduled_by AS "scheduledBy"
  FROM due_destructions($1, clock_timestamp())`;

/** Tells whether a version's destruction is still due and has not begun. The key must be locked. */
export const stillDue = `
  SELECT 1 FROM key_version v WHERE v.tenant_id = $1 AND v.key_id = $2 AND v.version = $3
    AND v.state = 'DESTROY_SCHEDULED' AND v.destroy_at <= clock_timestamp()
    AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.tenant_id = v.tenant_id AND i.object_id = v.object_id)`;

/** Lists the ACTIVE keys of a partition whose rotation is due by the database's clock, for all tenants. */
export const dueRotations = `
  SELECT tenant_id AS "tenantId", key_id AS "keyId", next_at AS "nextAt" FROM due_rotations($1, clock_timestamp())`;

/** Moves a rotation date past now in whole intervals, if it is still the date that was due. */
export const takeRotation = `
  UPDATE rotation_policy SET next_at = next_at + interval '1 second' * interval_seconds
    * (1 + greatest(0, floor(extract(epoch FROM clock_timestamp() - next_at) / interval_seconds)))
  WHERE tenant_id = $1 AND key_id = $2 AND next_at = $3 RETURNING key_id`;
