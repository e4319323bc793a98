import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';
const owner = 'ankadb_keys_owner';

/** Tables whose rows name their partition. */
const ofPartition = ['platform_key', 'key_version', 'kek_rotation', 'intent'];
/** Tables whose rows name only their tenant. */
const ofTenant = [
  'key',
  'key_alias',
  'past_alias',
  'key_grant',
  'key_usage',
  'rotation_policy',
  'tenant_policy',
  'gcm_reservation',
  'use_reservation',
  'record_position',
];

/**
 * Each partition's workers have a database role of their own: `ankadb_keys_app` for the partition `default`, and
 * `ankadb_keys_app_<partition>`, a member of it, for any other. Whoever takes over a worker reads the records of its own
 * partition's tenants and of no others. The role is the session's login, which SET ROLE and settings do not change.
 */
export class PartitionRole1770990100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(homes);
    await runner.query(visibility);
    for (const table of ofPartition) await runner.query(confined(table, 'partition = own_partition()'));
    for (const table of ofTenant) await runner.query(confined(table));
    for (const table of ofPartition)
      await runner.query(
        `CREATE TRIGGER claim_tenant BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION claim_tenant()`,
      );
    await runner.query(outbox);
    await runner.query(acrossTenants);
  }

  async down(): Promise<void> {
    throw new Error('workers would read the records of other partitions');
  }
}

const isTenantOwn = `(SELECT is_own_tenant(nullif(current_setting('ankasecure.tenant', true), '')::uuid))`;

/** The tenant is looked up once per statement, not once per row. */
const confined = (table: string, row = 'true'): string => `
  CREATE POLICY partition_isolation ON ${table} AS RESTRICTIVE
    USING (${isTenantOwn}) WITH CHECK (${isTenantOwn} AND ${row})`;

/** A tenant lives on one partition: that of its first record. */
const homes = `
  CREATE TABLE tenant_home (
    tenant_id uuid CONSTRAINT tenant_home_pkey PRIMARY KEY,
    partition text NOT NULL
  );
  INSERT INTO tenant_home (tenant_id, partition)
    SELECT DISTINCT ON (tenant_id) tenant_id, partition FROM (
      SELECT tenant_id, partition, created_at FROM platform_key
      UNION ALL SELECT tenant_id, partition, created_at FROM key_version
      UNION ALL SELECT tenant_id, partition, created_at FROM intent) record
    ORDER BY tenant_id, created_at;`;

const visibility = `
  -- The partition that the session's login serves; null for the owner and for superusers.
  CREATE FUNCTION own_partition() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN session_user = '${app}' THEN 'default' ELSE substring(session_user from '^${app}_([a-z0-9-]{1,32})$') END;

  CREATE FUNCTION may_see_partition(asked text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT asked = own_partition() OR session_user = '${owner}'
      OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)
  $$;

  -- False for a tenant of another partition. A tenant without records is nobody's yet.
  CREATE FUNCTION is_own_tenant(asked uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT NOT EXISTS (SELECT FROM tenant_home h WHERE h.tenant_id = asked AND may_see_partition(h.partition) IS NOT TRUE) $$;

  CREATE FUNCTION claim_tenant() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    INSERT INTO tenant_home VALUES (NEW.tenant_id, coalesce(own_partition(), NEW.partition)) ON CONFLICT (tenant_id) DO NOTHING;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION may_see_partition(text), is_own_tenant(uuid), claim_tenant() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION may_see_partition(text), is_own_tenant(uuid) TO ${app};`;

/** Events on their way carry what happened. The login decides their partition, whatever the session says. */
const outbox = `
  CREATE FUNCTION place_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.partition := coalesce(own_partition(), NEW.partition);
    RETURN NEW;
  END $$;
  CREATE TRIGGER place_outcome BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION place_outcome();
  ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
  CREATE POLICY partition_isolation ON outbox USING (partition = own_partition()) WITH CHECK (partition = own_partition());`;

/**
 * The functions by which workers see across tenants answer for the caller's own partition only. Each keeps its name and is
 * wrapped; the function that it wraps can no longer be called by a worker.
 */
const acrossTenants = `
  DO $$
  DECLARE
    seen record;
    condition text;
  BEGIN
    FOR seen IN
      SELECT p.proname AS name, pg_get_function_arguments(p.oid) AS arguments, pg_get_function_identity_arguments(p.oid) AS types,
        pg_get_function_result(p.oid) AS result, p.proargnames[1] AS first, p.pronargs AS count
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.proretset
        AND p.proargnames[1] IN ('on_partition', 'tenants')
    LOOP
      condition := CASE seen.first WHEN 'on_partition' THEN 'may_see_partition($1)' ELSE 'is_own_tenant(r.tenant_id)' END;
      EXECUTE format('ALTER FUNCTION %I(%s) RENAME TO %I', seen.name, seen.types, seen.name || '_of_any');
      EXECUTE format('REVOKE ALL ON FUNCTION %I(%s) FROM PUBLIC, ${app}', seen.name || '_of_any', seen.types);
      EXECUTE format('CREATE FUNCTION %I(%s) RETURNS %s LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS %L',
        seen.name, seen.arguments, seen.result,
        format('SELECT r.* FROM %I(%s) r WHERE %s', seen.name || '_of_any',
          (SELECT string_agg('$' || n, ', ' ORDER BY n) FROM generate_series(1, seen.count) n), condition));
      EXECUTE format('REVOKE ALL ON FUNCTION %I(%s) FROM PUBLIC', seen.name, seen.types);
      EXECUTE format('GRANT EXECUTE ON FUNCTION %I(%s) TO ${app}', seen.name, seen.types);
    END LOOP;
  END $$;`;
