import { CommanderError } from 'commander';
import { programFor } from './program.js';
import { tell } from './terminal/advice.js';
import { exitCodeOf, exitCodes } from './terminal/exit-code.js';
import type { Terminal } from './terminal/terminal.js';

/** Runs one command line. @returns the exit code */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    await programFor(terminal).parseAsync(args, { from: 'user' });
    return exitCodes.ok[0];
  } catch (error) {
    // commander has told of it already. Help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok[0] : exitCodes.usage[0];
    tell(terminal, error);
    return exitCodeOf(error);
  }
};
