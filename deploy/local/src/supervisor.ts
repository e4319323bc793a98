import { messageOf } from './failure.js';
import type { UnexpectedExit } from './fleet.js';

export interface Supervisor {
  readonly ended: UnexpectedExit;
  /** Restarts nothing from now on. */
  stop(): void;
}

/** The pause before the second restart in a row, in milliseconds. It doubles at each further one, up to `most`. */
const pausesMs = { first: 250, most: 10_000 };
/** A process that ran for this time has recovered: its next restart counts as the first again. Milliseconds. */
const quietMs = 60_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const pauseBefore = (restart: number): number =>
  restart <= 1 ? 0 : Math.min(pausesMs.most, pausesMs.first * 2 ** Math.min(restart - 2, 10));

/**
 * Restarts processes that end by themselves, as an orchestrator would: each for itself, at once at first, then after longer
 * and longer pauses, and without an end.
 */
export const createSupervisor = (
  restart: (name: string) => Promise<void>,
  print: (text: string) => void,
): Supervisor => {
  const restarts = new Map<string, { count: number; readyAt: number }>();
  let stopped = false;
  const isStopped = (): boolean => stopped;

  const countOf = (name: string): number => {
    const last = restarts.get(name);
    const count = last === undefined || Date.now() - last.readyAt > quietMs ? 1 : last.count + 1;
    restarts.set(name, { count, readyAt: Number.POSITIVE_INFINITY });
    return count;
  };
  /** Tries until the process is ready. */
  const startAgain = async (name: string): Promise<void> => {
    for (let count = countOf(name); !isStopped(); count++) {
      try {
        await pause(pauseBefore(count));
        if (isStopped()) return;
        await restart(name);
        restarts.set(name, { count, readyAt: Date.now() });
        return print(`${name} is ready again`);
      } catch (error) {
        if (!isStopped()) print(messageOf(error));
      }
    }
  };
  return {
    ended: (name, how) => {
      if (stopped) return;
      print(`${name} ended by itself (${how}); restarting it`);
      void startAgain(name);
    },
    stop: () => {
      stopped = true;
    },
  };
};
