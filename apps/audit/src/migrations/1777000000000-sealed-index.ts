import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Stores which index of records a batch's seal binds. Rows that were sealed before keep their seals of version 1, without an index.
 * The checks read the trail once, which blocks sealing, so they are made before the services of the release start.
 */
export class SealedIndex1777000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sealed_event
        ADD COLUMN chain_seal_index_seq bigint,
        ADD COLUMN chain_seal_index_mac bytea,
        ADD CONSTRAINT sealed_event_chain_seal_index_seq_check CHECK (chain_seal_index_seq >= 0),
        ADD CONSTRAINT sealed_event_chain_seal_index_mac_check
          CHECK (length(chain_seal_index_mac) = CASE chain_seal_index_seq WHEN 0 THEN 0 ELSE 32 END),
        ADD CONSTRAINT sealed_event_chain_seal_index_check
          CHECK ((chain_seal_index_seq IS NULL) = (chain_seal_index_mac IS NULL) AND (chain_seal_index_seq IS NULL OR chain_seal IS NOT NULL));
      COMMENT ON COLUMN sealed_event.chain_seal_index_seq
        IS 'the index of records that chain_seal binds: the last event that changed it, 0 for none';
      COMMENT ON COLUMN sealed_event.chain_seal_index_mac
        IS 'the MAC of the index of records that chain_seal binds; empty for none'`);
  }

  async down(): Promise<void> {
    throw new Error('the seals of version 2 could no longer be verified');
  }
}
