import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A key's description, in addition to its label. */
export class Description1764000500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key
        ADD COLUMN description text,
        ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object');`);
  }

  async down(): Promise<void> {
    throw new Error('what was written on the keys cannot be had again');
  }
}
