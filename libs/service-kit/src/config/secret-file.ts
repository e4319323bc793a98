import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where secret files are. */
export const secretsDirectory = (): string => process.env['ANKASECURE_SECRETS'] ?? '/run/secrets';

/** The forms of a text that is not one line, in the order in which they are looked for. */
const faults: readonly (readonly [fault: RegExp, what: string])[] = [
  [/^$/, 'is empty'],
  [/^\uFEFF/, 'begins with a byte order mark'],
  [/\0/, 'contains a NUL byte'],
  [/^[\r\n]|[\r\n]$/, 'has an empty line'],
  [/[\r\n]/, 'has more than one line'],
];

const decode = (bytes: Buffer, name: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`configuration: the secret file ${name} is not UTF-8 text`);
  }
};

/** The longest secret file, in bytes. */
const longest = 64 * 1024;

class NotPlain extends Error {}

/** Looks before it reads: a pipe without a writer would never end, and a device would never stop. */
const assertPlain = (path: string, name: string): void => {
  const file = statSync(path);
  const what = !file.isFile() ? 'is not a regular file' : file.size > longest && `is longer than ${longest} bytes`;
  if (what !== false) throw new NotPlain(`configuration: the secret file ${name} ${what}`);
};

/**
 * Reads a secret: one line of UTF-8. One line break at its end is not part of it. Anything else is refused here, because a token
 * counts every wrong PIN.
 * @returns undefined if there is no such file
 * @throws Error that names the file and never its contents
 */
export const readSecret = (directory: string, name: string): string | undefined => {
  let bytes: Buffer;
  try {
    assertPlain(join(directory, name), name);
    bytes = readFileSync(join(directory, name));
  } catch (cause) {
    if (cause instanceof NotPlain) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Error(`configuration: the secret file ${name} cannot be read (${code})`, { cause });
  }
  const text = decode(bytes, name).replace(/\r?\n$/, '');
  const what = faults.find(([fault]) => fault.test(text))?.[1];
  if (what !== undefined)
    throw new Error(
      `configuration: the secret file ${name} ${what}. It must hold one line, with at most one line break at its end.`,
    );
  return text;
};
