import { messageOf } from './failure.js';
import type { UnexpectedExit } from './fleet.js';

export interface Supervisor {
  readonly ended: UnexpectedExit;
  /** Resolves when a process keeps ending or cannot be restarted. */
  readonly gaveUp: Promise<void>;
}

/** The number of restarts in total after which the stack gives up. */
const mostRestarts = 5;

/** Restarts processes that end by themselves, as an orchestrator would. */
export const createSupervisor = (
  restart: (name: string) => Promise<void>,
  print: (text: string) => void,
): Supervisor => {
  let restarts = 0;
  let giveUp = (): void => {};
  const gaveUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  const startAgain = async (name: string): Promise<void> => {
    try {
      await restart(name);
      print(`${name} is ready again`);
    } catch (error) {
      print(messageOf(error));
      giveUp();
    }
  };
  const ended = (name: string, how: number | string): void => {
    const again = ++restarts <= mostRestarts;
    print(`${name} ended by itself (${how})${again ? '; restarting it' : ' too often'}`);
    if (again) void startAgain(name);
    else giveUp();
  };
  return { ended, gaveUp };
};
