import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Nats, startNats } from '@ankasecure/local';

/** A test's own nats-server, with the identities and permissions of the services. `stop` also deletes it. */
export const startTestNats = async (partition = 'default'): Promise<Nats> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-nats-'));
  const nats = await startNats({ directory, port: await freePort(), partition });
  return {
    ...nats,
    stop: async () => {
      await nats.stop();
      await rm(directory, { recursive: true });
    },
  };
};
