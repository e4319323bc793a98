import type { WorkerDatabase } from './worker-database.js';

/** TEST ONLY. Whoever owns the database: obeys no trigger and no foreign key. */
export class TableOwner {
  constructor(private readonly database: Pick<WorkerDatabase, 'superuser'>) {}

  /** Runs statements as one commit. */
  run(...statements: readonly string[]): Promise<void> {
    return this.database.superuser.transaction(async (manager) => {
      await manager.query('SET LOCAL session_replication_role = replica');
      for (const statement of statements) await manager.query(statement);
    });
  }

  /** Changes a table, and puts it back after `work`. */
  async attack(table: string, attack: readonly string[], work: () => Promise<void>): Promise<void> {
    await this.run(`CREATE TABLE saved AS TABLE ${table}`, ...attack);
    try {
      await work();
    } finally {
      await this.run(`DELETE FROM ${table}`, `INSERT INTO ${table} SELECT * FROM saved`, 'DROP TABLE saved');
    }
  }
}
