import { messageOf } from './failure.js';
import type { UnexpectedExit } from './fleet.js';

export interface Supervisor {
  readonly ended: UnexpectedExit;
  /** Resolves when something keeps ending, or cannot be started again. */
  readonly gaveUp: Promise<void>;
}

/** More restarts than this, in all, and it is no accident. */
const mostRestarts = 5;

/** Starts again what ended by itself, as whatever runs the services elsewhere would. */
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
    print(`${name} ended by itself (${how})${again ? '; starting it again' : ' once too often'}`);
    if (again) void startAgain(name);
    else giveUp();
  };
  return { ended, gaveUp };
};
