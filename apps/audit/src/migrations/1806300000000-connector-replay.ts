import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps up to which event a connector repeats what it has delivered before. Processes of the release before neither read nor set it. */
export class ConnectorReplay1806300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connector_cursor ADD COLUMN repeat_until bigint NOT NULL DEFAULT 0
        CONSTRAINT connector_cursor_repeat_until_check CHECK (repeat_until >= 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connector_cursor DROP COLUMN repeat_until');
  }
}
