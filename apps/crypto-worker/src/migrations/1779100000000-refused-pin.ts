import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/** The PINs that a token has refused, so that a worker that is started again does not try one twice. */
export class RefusedPin1779100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE refused_pin (
        partition text NOT NULL,
        fingerprint bytea NOT NULL CONSTRAINT refused_pin_fingerprint_check CHECK (length(fingerprint) = 32),
        refused_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT refused_pin_pkey PRIMARY KEY (partition, fingerprint)
      );
      ALTER TABLE refused_pin ENABLE ROW LEVEL SECURITY;
      CREATE POLICY partition_isolation ON refused_pin
        USING (partition = own_partition()) WITH CHECK (partition = own_partition());
      GRANT SELECT, INSERT ON refused_pin TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refused_pin');
  }
}
