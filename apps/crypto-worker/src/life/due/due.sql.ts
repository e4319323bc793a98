/**
 * Lists the versions of a partition whose destruction is due by the database's clock and has not begun, for all tenants. The list
 * is a hint: the worker compares each sealed date again with a time that it believes, and takes what it puts on record from the
 * sealed records.
 */
export const dueDestructions = `
  SELECT tenant_id AS "tenantId", key_id AS "keyId", version, object_id AS "objectId"
  FROM due_destructions($1, pg_catalog.clock_timestamp())`;

/** Lists the ACTIVE keys of a partition whose rotation is due by the database's clock, for all tenants. It is a hint as well. */
export const dueRotations = `
  SELECT tenant_id AS "tenantId", key_id AS "keyId", next_at AS "nextAt" FROM due_rotations($1, pg_catalog.clock_timestamp())`;
