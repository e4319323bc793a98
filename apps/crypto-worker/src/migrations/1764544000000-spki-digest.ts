import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Drops a computed column that nothing reads. */
export class SpkiDigest1764544000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN spki_sha256');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE key_version ADD COLUMN spki_sha256 bytea GENERATED ALWAYS AS (sha256(spki)) STORED',
    );
  }
}
