/** $1 partition. Waits until no other worker finds or makes the partition's record key, until the transaction ends. */
export const lockRecordKey = "SELECT pg_advisory_xact_lock(hashtextextended('record key:' || $1, 0))";

/** Lists the tenants of a partition that have sealed records. The function bypasses row-level security. */
export const sealedTenants = 'SELECT tenant_id AS "tenantId" FROM record_tenants($1) WHERE sealed';

/** Lists the tenants of a partition, sealed or not. */
export const tenantsOnRecord = 'SELECT tenant_id AS "tenantId" FROM record_tenants($1) ORDER BY tenant_id';
