/** $1 partition. Waits until no other worker finds or makes the partition's record key, until the transaction ends. */
export const lockRecordKey = "SELECT pg_advisory_xact_lock(hashtextextended('record key:' || $1, 0))";

/** Lists the tenants of a partition, and whether a record of theirs is sealed. The function bypasses row-level security. */
export const tenantsOnRecord = 'SELECT tenant_id AS "tenantId", sealed FROM record_tenants($1) ORDER BY tenant_id';

export interface TenantOnRecord {
  readonly tenantId: string;
  readonly sealed: boolean;
}
