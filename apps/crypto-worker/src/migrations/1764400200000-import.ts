import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants' import keys: key pairs whose public half callers use to wrap the keys that they import. */
export class Import1764400200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platform_key
        DROP CONSTRAINT platform_key_kind_check,
        ADD CONSTRAINT platform_key_kind_check CHECK (kind IN ('kek', 'audit-mac', 'token-signing', 'blob-mac', 'import')),
        DROP CONSTRAINT platform_key_check,
        ADD CONSTRAINT platform_key_check CHECK ((spki IS NOT NULL) = (kind IN ('token-signing', 'import')));`);
  }

  async down(): Promise<void> {
    throw new Error('whoever has wrapped a key for one of them could not bring it in any more');
  }
}
