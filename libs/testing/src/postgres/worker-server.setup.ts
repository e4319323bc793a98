import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Global setup of a run of tests: the directory of its workers' servers. A worker that ends takes its server with it, by the
 * signal of the kernel; the directory is deleted when all of them have ended.
 */
export default async (): Promise<() => Promise<void>> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-servers-'));
  process.env['ANKASECURE_TEST_SERVERS'] = directory;
  return async () => {
    for (const file of globSync(`${directory}/*/data/postmaster.pid`)) await ended(file);
    await rm(directory, { recursive: true });
  };
};

/** Waits for the end of a server, which deletes its file then. One that nothing has told to end is told now. */
const ended = async (file: string): Promise<void> => {
  for (let waits = 0; existsSync(file); waits++) {
    const [pid] = readFileSync(file, 'utf8').split('\n');
    if (waits === 50 && existsSync(`/proc/${pid}`)) process.kill(Number(pid), 'SIGINT');
    if (!existsSync(`/proc/${pid}`)) return;
    await delay(20);
  }
};
