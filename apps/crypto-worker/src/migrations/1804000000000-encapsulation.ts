import type { MigrationInterface, QueryRunner } from 'typeorm';

const former = `IN ('encrypt', 'sign', 'dry-run.encrypt', 'dry-run.sign')`;
const now = `IN ('encrypt', 'sign', 'encapsulate', 'dry-run.encrypt', 'dry-run.sign', 'dry-run.encapsulate')`;

/**
 * Keys for raw key encapsulation, the rights to use them, and the fence of what they protect: an encapsulation to a version that is
 * used up or replaced is not committed, as an encryption is not. One of the two functions of that name has the fence.
 */
export class Encapsulation1804000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key
        DROP CONSTRAINT key_purpose_check,
        ADD CONSTRAINT key_purpose_check CHECK (purpose IN ('encrypt', 'sign', 'mac', 'wrap', 'encapsulate'));
      ALTER TABLE key_grant
        DROP CONSTRAINT key_grant_rights_check,
        ADD CONSTRAINT key_grant_rights_check CHECK (cardinality(rights) > 0 AND rights <@ ARRAY[
          'use:encrypt', 'use:decrypt', 'use:sign', 'use:verify', 'use:encapsulate', 'use:decapsulate', 'manage', 'view']);
      DO $do$
      DECLARE
        definition text;
      BEGIN
        SELECT pg_get_functiondef(oid) INTO STRICT definition FROM pg_proc
        WHERE proname = 'commit_outcomes' AND strpos(prosrc, $old$${former}$old$) > 0;
        EXECUTE replace(definition, $old$${former}$old$, $new$${now}$new$);
      END $do$;`);
  }

  async down(): Promise<void> {
    throw new Error('keys for encapsulate would be left over');
  }
}
