/**
 * Lets the database answer questions about heads and indexes with kept answers, wherever a condition holds. What is written goes
 * into the real tables.
 */
export const lyingTables = `
  ALTER TABLE record_head RENAME TO real_head; ALTER TABLE record_index RENAME TO real_index;
  CREATE TABLE old_head AS SELECT * FROM real_head LIMIT 0; CREATE TABLE old_index AS SELECT * FROM real_index LIMIT 0;
  CREATE TABLE lie (tenant_id uuid, condition text, of_index text);
  CREATE FUNCTION lies(asked uuid, of_index boolean) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
    DECLARE
      yes boolean;
    BEGIN
      FOR yes IN EXECUTE coalesce((SELECT 'SELECT ' || CASE WHEN $2 THEN lie.of_index ELSE condition END FROM lie WHERE tenant_id = asked),
        'SELECT false') LOOP RETURN yes; END LOOP;
      RETURN false;
    END $$;
  CREATE VIEW record_head WITH (security_invoker = true) AS
    SELECT * FROM real_head WHERE NOT lies(tenant_id, false) UNION ALL SELECT * FROM old_head WHERE lies(tenant_id, false);
  CREATE VIEW record_index WITH (security_invoker = true) AS
    SELECT * FROM real_index WHERE NOT lies(tenant_id, true) UNION ALL SELECT * FROM old_index WHERE lies(tenant_id, true);
  GRANT SELECT ON record_head, record_index, old_head, old_index TO ankadb_audit_app, ankadb_audit_owner;
  GRANT EXECUTE ON FUNCTION lies TO ankadb_audit_app, ankadb_audit_owner;
  DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('move_record_heads'::regproc), 'record_head AS', 'real_head AS');
    EXECUTE replace(replace(pg_get_functiondef('store_record_index'::regproc), 'record_index', 'real_index'), 'store_real_index', 'store_record_index');
  END $$`;

/** Keeps the tenant's heads and index as they are now: the answers of the lies. */
export const keepAnswers = (tenantId: string): string => `
  DELETE FROM old_head WHERE tenant_id = '${tenantId}'; DELETE FROM old_index WHERE tenant_id = '${tenantId}';
  INSERT INTO old_head SELECT * FROM real_head WHERE tenant_id = '${tenantId}';
  INSERT INTO old_index SELECT * FROM real_index WHERE tenant_id = '${tenantId}'`;

/** @param condition when the heads are the kept ones. @param ofIndex when the index is */
export const lieWhen = (tenantId: string, condition: string, ofIndex = 'false'): string =>
  `INSERT INTO lie VALUES ('${tenantId}', $$${condition}$$, $$${ofIndex}$$)`;

export const lieNever = (tenantId: string): string => `DELETE FROM lie WHERE tenant_id = '${tenantId}'`;
