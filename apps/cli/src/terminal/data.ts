import { readFile, writeFile } from 'node:fs/promises';
import { CliError } from './cli-error.js';
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

/** Writes to a file that only its owner can read, or to standard output. */
export const writeData = async (terminal: Terminal, data: string | Uint8Array, file = '-'): Promise<void> => {
  if (file === '-') {
    terminal.stdout.write(data);
    return;
  }
  try {
    await writeFile(file, data, { mode: 0o600 });
  } catch (cause) {
    throw new CliError('usage', `${file} cannot be written: ${(cause as Error).message}`, undefined, { cause });
  }
};
