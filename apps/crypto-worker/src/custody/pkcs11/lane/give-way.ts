import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Above the services' own 0, so that whoever feeds the lanes, and carries their answers away, runs first. */
const niceness = 10;

/**
 * Has the calling thread give way to the others on this machine's processors: for a lane whose token computes on them. Its
 * work is no less for it, and nobody's answer waits for a processor that somebody else's signature has. Linux only: nothing
 * else tells threads apart by their number.
 */
export const giveWay = (): void => {
  if (process.platform === 'linux') setPriority(threadNumber(), niceness);
};

/** `4711/task/4715` → 4715 */
const threadNumber = (): number => Number(readlinkSync('/proc/thread-self').split('/').at(-1));
