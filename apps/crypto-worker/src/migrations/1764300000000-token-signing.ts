import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Allows platform keys that are key pairs: the pair that signs a tenant's access tokens. */
export class TokenSigning1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platform_key
        DROP CONSTRAINT platform_key_kind_check,
        ADD CONSTRAINT platform_key_kind_check CHECK (kind IN ('kek', 'audit-mac', 'token-signing')),
        ADD COLUMN spki bytea,
        ADD CHECK ((kind = 'token-signing') = (spki IS NOT NULL));`);
  }

  async down(): Promise<void> {
    throw new Error('keys on the token would be without a record');
  }
}
