import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Postgres, startPostgres } from '@ankasecure/local';
import { settings } from './worker-server.js';

/**
 * A test's own PostgreSQL, which it may change and stop: `databases`, each with its `<name>_owner` and `<name>_app` role.
 * `stop` also deletes it.
 */
export const startTestPostgres = async (...databases: readonly string[]): Promise<Postgres> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-postgres-'));
  const postgres = await startPostgres({ directory, port: await freePort(), databases, settings });
  return {
    ...postgres,
    stop: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true });
    },
  };
};
