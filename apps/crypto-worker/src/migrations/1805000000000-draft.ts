import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The revision of the draft that a key's algorithms are from. Older keys have none, and their seals stay as they are. */
export class Draft1805000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key ADD COLUMN draft text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key DROP COLUMN draft');
  }
}
