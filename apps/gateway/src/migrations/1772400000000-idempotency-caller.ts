import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An Idempotency-Key belongs to the person who uses it. Records of before have no caller. Whoever repeats the request takes
 * theirs over, because its hash binds the caller; the others expire within a day.
 */
export class IdempotencyCaller1772400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE idempotency ADD COLUMN caller bytea NOT NULL DEFAULT '';
      ALTER TABLE idempotency ALTER COLUMN caller DROP DEFAULT;
      ALTER TABLE idempotency ADD CONSTRAINT idempotency_caller_check CHECK (octet_length(caller) IN (0, 32));
      ALTER TABLE idempotency DROP CONSTRAINT idempotency_pkey;
      ALTER TABLE idempotency ADD CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, caller, key);`);
  }

  async down(): Promise<void> {
    throw new Error('two people may use the same key by now');
  }
}
