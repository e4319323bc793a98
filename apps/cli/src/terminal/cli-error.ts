import type { ExitName } from './exit-code.js';

/** What is wrong with a command or its surroundings, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    readonly exit: ExitName,
    message: string,
    readonly hint?: string,
    options: ErrorOptions = {},
  ) {
    super(message, options);
  }
}
