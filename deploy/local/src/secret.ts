import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const privateDirectory = (path: string): string => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
};

/** Writes a file that only its owner may read. */
export const writePrivate = (path: string, content: string): string => {
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};

/** Returns the secret stored as `name` in `directory`. The first call creates it from 32 random bytes (64 hex digits). */
export const keptSecret = (directory: string, name: string, bytes = 32): string => {
  const path = join(privateDirectory(directory), name);
  if (!existsSync(path)) writePrivate(path, randomBytes(bytes).toString('hex'));
  return readFileSync(path, 'utf8');
};
