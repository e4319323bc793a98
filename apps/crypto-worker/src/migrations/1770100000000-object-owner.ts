import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each intent names the owner of its object, as the object itself does. The event of an open intent tells the owner; an
 * intent whose event cannot be read keeps an empty owner, and its object is left alone.
 */
export class ObjectOwner1770100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE intent ADD COLUMN owner text NOT NULL DEFAULT '';
      ${fillOwners}
      ALTER TABLE intent ALTER COLUMN owner DROP DEFAULT;`);
  }

  async down(): Promise<void> {
    throw new Error('objects without a named owner would be destroyed');
  }
}

/** A key's event names the key, and the version if it is not the first. A platform key's operation begins with its kind. */
const fillOwners = `
  DO $$
  DECLARE
    open record;
    told jsonb;
  BEGIN
    FOR open IN SELECT tenant_id, object_id, event FROM intent LOOP
      BEGIN
        told := open.event::jsonb;
        UPDATE intent SET owner = CASE
          WHEN told->>'keyId' IS NOT NULL
            THEN concat_ws(':', 'key', open.tenant_id, told->>'keyId', coalesce(told->'details'->>'version', '1'))
          ELSE concat_ws(':', split_part(told->>'operation', '.', 1), open.tenant_id, '', told->'details'->>'generation')
        END WHERE tenant_id = open.tenant_id AND object_id = open.object_id;
      EXCEPTION WHEN data_exception THEN NULL;
      END;
    END LOOP;
  END $$;`;
