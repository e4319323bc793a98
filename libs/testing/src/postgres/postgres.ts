import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Postgres, startPostgres } from '@ankasecure/local';

/**
 * A test's own PostgreSQL: `databases`, each with its `<name>_owner` and `<name>_app` role.
 * `stop` also deletes it.
 */
export const startTestPostgres = async (...databases: readonly string[]): Promise<Postgres> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-postgres-'));
  const postgres = await startPostgres({ directory, port: await freePort(), databases });
  return {
    ...postgres,
    stop: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true });
    },
  };
};
