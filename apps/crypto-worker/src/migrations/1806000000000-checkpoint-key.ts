import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys that sign the checkpoints of a tenant's audit trail: one for each algorithm that the token has. */
export class CheckpointKey1806000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platform_key
        DROP CONSTRAINT platform_key_kind_check,
        ADD CONSTRAINT platform_key_kind_check CHECK (kind IN ('kek', 'audit-mac', 'token-signing', 'blob-mac', 'import', 'checkpoint-ed25519', 'checkpoint-p256', 'checkpoint-ml-dsa')),
        DROP CONSTRAINT platform_key_check,
        ADD CONSTRAINT platform_key_check CHECK ((spki IS NOT NULL) = (kind IN ('token-signing', 'import', 'checkpoint-ed25519', 'checkpoint-p256', 'checkpoint-ml-dsa')));`);
  }

  async down(): Promise<void> {
    throw new Error('checkpoints that were signed could no longer be verified');
  }
}
