import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is kept of a request with an Idempotency-Key has a MAC of the gateways. A record of an earlier release has none, and is
 * not believed: the request is carried out anew.
 */
export class AnswerMac1779300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE idempotency ADD COLUMN mac bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE idempotency DROP COLUMN mac');
  }
}
