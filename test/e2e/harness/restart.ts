import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '@ankasecure/local';
import { databases, type OwnRig } from './rig.js';

/** A process that a spec started in place of a part of its stack, and must end itself. */
export interface Replacement {
  stop(): Promise<void>;
}

/** Restarts PostgreSQL from the same directory on the same port. @param settings as in `postgres -c name=value` */
export const startPostgresAgain = (rig: OwnRig, settings: Readonly<Record<string, string>> = {}): Promise<Postgres> =>
  startPostgres({
    directory: join(rig.dataDirectory, 'postgres'),
    port: rig.superuser.port,
    databases,
    settings,
    logFile: rig.stack.logFile('postgres'),
  });

/** Restarts nats-server with the same identities. */
export const startNatsAgain = async (rig: OwnRig): Promise<Replacement> => {
  const config = join(rig.dataDirectory, 'nats', 'nats.conf');
  const child = spawn('nats-server', ['--config', config], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` },
  });
  await once(child, 'spawn');
  return {
    stop: async () => {
      const exited = once(child, 'exit');
      if (child.kill('SIGTERM')) await exited;
    },
  };
};

/** Kills the process, like a power failure. Resolves when it has ended. */
export const crash = async (part: OwnRig['stack']['postgres']['process']): Promise<void> => {
  part.signal('SIGKILL');
  await part.exited;
};
