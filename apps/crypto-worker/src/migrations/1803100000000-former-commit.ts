import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The parameters of the function that the migration `set-of-outcomes` has replaced. */
const parameters = {
  tenants: 'uuid[]',
  policies: 'integer[]',
  keys: 'uuid[]',
  versions: 'integer[]',
  revisions: 'integer[]',
  since: 'float8[]',
  until: 'float8[]',
  bundles: 'integer[]',
  counts: 'integer[]',
  batches: 'text[]',
  fallback_counts: 'integer[]',
  fallbacks: 'text[]',
  operations: 'text[]',
  uses: 'integer[]',
  use_slot: 'smallint',
} as const;

/** Those that are lists of JSON. The former function took them with their brackets. */
const lists: readonly string[] = ['batches', 'fallbacks'] satisfies readonly (keyof typeof parameters)[];

const withoutBrackets = (list: string): string =>
  `ARRAY(SELECT substr(o.list, 2, length(o.list) - 2) FROM unnest(${list}) WITH ORDINALITY AS o (list, n) ORDER BY o.n)`;

const declared = Object.entries(parameters).map(([name, type]) => `${name} ${type}`);
const passed = Object.keys(parameters).map((name) => (lists.includes(name) ? withoutBrackets(name) : name));
const signature = Object.values(parameters).join(', ');

/**
 * Workers of the release before the migration `set-of-outcomes` go on committing during a rolling upgrade, each of their groups as a
 * row of the outbox. The function has no rights of its own: the caller's suffice for the set-based one, which it calls.
 */
export class FormerCommit1803100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION commit_outcomes(${declared.join(', ')}, OUT written integer[], OUT outdated integer[], OUT at float8)
      LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
        SELECT c.written, c.outdated, c.at
        FROM commit_outcomes(${passed.join(', ')}, ARRAY(SELECT generate_series(1, cardinality(tenants)))) AS c;
      $$;
      REVOKE ALL ON FUNCTION commit_outcomes(${signature}) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION commit_outcomes(${signature}) TO ankadb_keys_app;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION commit_outcomes(${signature})`);
  }
}
