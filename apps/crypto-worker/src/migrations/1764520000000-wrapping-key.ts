import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of tenants for unwrapping those that they bring in. */
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
