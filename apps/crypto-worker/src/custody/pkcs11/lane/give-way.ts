import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Above the services' own 0, so that whoever feeds the lanes, and carries their answers away, runs first. */
const niceness = 10;

/** The kernel's list of processes is not there, or what holds this process in does not let it be less urgent. */
const forbidden: readonly unknown[] = ['ENOENT', 'EACCES', 'EPERM'];

/**
 * Has the calling thread give way to the others on this machine's processors: for a lane whose token computes on them. Its
 * work is no less for it, and nobody's answer waits for a processor that somebody else's signature has. Linux only: nothing
 * else tells threads apart by their number.
 * @returns whether it does; a lane is no worse a lane where it may not
 */
export const giveWay = (): boolean => {
  if (process.platform !== 'linux') return false;
  try {
    setPriority(threadNumber(), niceness);
    return true;
  } catch (error) {
    if (forbidden.includes(codeOf(error))) return false;
    throw error;
  }
};

/** What a system call of libuv's that failed says stands one level below. */
const codeOf = (error: unknown): unknown => {
  const { code, info } = error as { readonly code?: unknown; readonly info?: { readonly code?: unknown } };
  return info?.code ?? code;
};

/** `4711/task/4715` → 4715 */
const threadNumber = (): number => Number(readlinkSync('/proc/thread-self').split('/').at(-1));
