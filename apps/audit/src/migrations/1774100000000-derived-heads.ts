import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const tables = ['record_head', 'record_position', 'record_index'];

/** Lets an acceptance of restored trails derive the heads of a tenant's records anew. Nothing else removes them. */
export class DerivedHeads1774100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables)
      await runner.query(`
        DROP TRIGGER never_removed ON ${table};
        CREATE TRIGGER never_removed BEFORE DELETE ON ${table} FOR EACH ROW
          WHEN (OLD.tenant_id::text IS DISTINCT FROM current_setting('ankasecure.derived', true))
          EXECUTE FUNCTION refuse_change();`);
    await runner.query(`
      CREATE FUNCTION clear_records(tenant uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
      BEGIN
        PERFORM set_config('ankasecure.derived', tenant::text, true);
        ${tables.map((table) => `DELETE FROM ${table} WHERE tenant_id = tenant;`).join('\n        ')}
        PERFORM set_config('ankasecure.derived', '', true);
      END $$;
      REVOKE ALL ON FUNCTION clear_records(uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION clear_records(uuid) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('heads of records that the trail does not name could no longer be removed');
  }
}
