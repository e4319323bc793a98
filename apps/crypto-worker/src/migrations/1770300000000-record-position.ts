import { recordPositionSchema } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts the revisions of each tenant's sealed records. */
export class RecordPosition1770300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(recordPositionSchema('ankadb_keys_app'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION record_positions_of(uuid[]); DROP TABLE record_position');
  }
}
