import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants' keys that unwrap the keys they import. */
export class WrappingKey1764520000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key
        DROP CONSTRAINT key_purpose_check,
        ADD CONSTRAINT key_purpose_check CHECK (purpose IN ('encrypt', 'sign', 'mac', 'wrap'));`);
  }

  async down(): Promise<void> {
    throw new Error('keys for wrap would be left over');
  }
}
