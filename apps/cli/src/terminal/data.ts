import { constants } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { CliError } from './cli-error.js';
import { isPlainText } from './shown.js';
import type { Terminal } from './terminal.js';

/** The most bytes of one item, as the platform takes them. */
const mostBytes = 1024 * 1024;

const fromStdin = async ({ stdin }: Terminal): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
};

/** Reads a file, or standard input for `-` and for no name. @throws CliError if it cannot be read */
export const readData = async (terminal: Terminal, file = '-'): Promise<Buffer> => {
  if (file === '-' && terminal.stdin.isTTY === true)
    throw new CliError('usage', 'There is no input.', 'Name a file, or pipe the data into the command.');
  try {
    return file === '-' ? await fromStdin(terminal) : await readFile(file);
  } catch (cause) {
    throw new CliError('usage', `${file} cannot be read: ${(cause as Error).message}`, undefined, { cause });
  }
};

/** As `readData`, for data of one request. */
export const readItem = async (terminal: Terminal, file?: string): Promise<Buffer> => {
  const data = await readData(terminal, file);
  if (data.length <= mostBytes) return data;
  throw new CliError(
    'usage',
    `The input has ${data.length} bytes, and one request takes ${mostBytes}.`,
    'Encrypt it with a key of its own, and that key with ankasecure encrypt.',
  );
};

/** A text without the line break at its end. */
export const readText = async (terminal: Terminal, file?: string): Promise<string> =>
  (await readData(terminal, file)).toString('utf8').trim();

export const readJson = async (terminal: Terminal, file?: string): Promise<unknown> => {
  const text = await readText(terminal, file);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CliError('usage', `${file ?? 'The input'} is not JSON: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
};

const unwritable = (file: string, cause: unknown): CliError =>
  new CliError('usage', `${file} cannot be written: ${(cause as Error).message}`, undefined, { cause });

/** Writes to a file that only its owner can read from then on, or to standard output. @throws CliError */
export const writeData = async (terminal: Terminal, data: string | Uint8Array, file = '-'): Promise<void> => {
  if (file === '-') {
    if (terminal.stdout.isTTY === true && !isPlainText(data))
      throw new CliError('usage', 'The output is not plain text, and a terminal could obey it.', 'Write it to a file.');
    terminal.stdout.write(data);
    return;
  }
  try {
    // Others lose their rights before there is anything to read. A pipe or a device keeps its own.
    const opened = await open(file, constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      if ((await opened.stat()).isFile()) {
        await opened.chmod(0o600);
        await opened.truncate();
      }
      await opened.writeFile(data);
    } finally {
      await opened.close();
    }
  } catch (cause) {
    throw unwritable(file, cause);
  }
};

/** A file that was not there before, for a secret. */
export interface NewFile {
  /** Writes it and closes it. */
  write(data: string): Promise<void>;
  /** Removes it, if there is nothing to write. */
  discard(): Promise<void>;
}

/**
 * Makes a file that only its owner can read, before what it will hold is made: what cannot be kept should not be made.
 * @throws CliError if it is there already, or cannot be made
 */
export const newFile = async (terminal: Terminal, file: string): Promise<NewFile> => {
  if (file === '-') return { write: (data) => writeData(terminal, data), discard: async () => undefined };
  try {
    const opened = await open(file, 'wx', 0o600);
    return {
      write: (data) => opened.writeFile(data).finally(() => opened.close()),
      discard: async () => {
        await opened.close();
        await rm(file);
      },
    };
  } catch (cause) {
    throw unwritable(file, cause);
  }
};
