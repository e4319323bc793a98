import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, type Stack, startNats } from '@ankasecure/local';
import type { Target } from '../generator/job.js';
import { bonesPartition, type Setting } from './message.js';

/** The bones of a request, running: what the same parts can do with nothing of the product between them. */
export interface Bones {
  readonly target: Target;
  /** By name. The database server is the stack's own and is not listed. */
  readonly pids: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const database = 'bones';

const start = async (program: string, setting: Setting): Promise<ChildProcess> => {
  const child = fork(new URL(`./${program}.js`, import.meta.url), {
    env: { ...process.env, BONES: JSON.stringify(setting) },
  });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the bones' ${program} ended (${String(code)})`);
  });
  await Promise.race([once(child, 'message'), exited]);
  // The end of a program shows as a failed measurement.
  exited.catch(() => undefined);
  return child;
};

/**
 * Starts HTTP → NATS → group commit with fsync → reply, on the stack's PostgreSQL server, in a database of its own, and on a
 * nats-server of its own that is configured like the stack's.
 */
export const startBones = async ({ postgres, dataDirectory }: Stack): Promise<Bones> => {
  await postgres.query('postgres', `DROP DATABASE IF EXISTS ${database}`);
  await postgres.query('postgres', `CREATE DATABASE ${database}`);
  await postgres.query(database, 'CREATE TABLE outcome (id uuid PRIMARY KEY, event text NOT NULL)');
  const nats = await startNats({
    directory: join(dataDirectory, 'bones'),
    port: await freePort(),
    partition: bonesPartition,
  });
  const programs: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of programs) if (child.connected) child.disconnect();
    await nats.stop();
  };
  try {
    const port = await freePort();
    const common = { port, database: { ...postgres.login('postgres', 'superuser'), database } };
    const bus = (service: 'gateway' | 'crypto-worker'): Setting['bus'] => ({
      servers: nats.url,
      caFile: nats.caFile,
      seed: nats.seeds[service],
    });
    programs.push(await start('worker', { ...common, bus: bus('crypto-worker') }));
    programs.push(await start('gateway', { ...common, bus: bus('gateway') }));
    const [worker, gateway] = programs.map(({ pid = 0 }) => pid);
    return {
      target: { host: '127.0.0.1', port, path: '/', headers: {} },
      pids: { gateway: gateway ?? 0, worker: worker ?? 0, nats: nats.process.pid },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
