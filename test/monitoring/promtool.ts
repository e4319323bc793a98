import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../conformance/deployment/workplace.js';

/** What a command of promtool answered. */
export interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

const cache = join(root, 'node_modules/.cache/ankasecure/prometheus');

/** Unpacks Debian's package without installing it, so that no server starts. */
const unpack = (): string => {
  mkdirSync(cache, { recursive: true });
  const run = (command: string, ...args: string[]): void => {
    execFileSync(command, args, { cwd: cache, stdio: 'pipe' });
  };
  run('apt-get', 'download', 'prometheus');
  run('dpkg-deb', '-x', readdirSync(cache).find((name) => name.endsWith('.deb')) ?? '', '.');
  return join(cache, 'usr/bin/promtool');
};

/** @throws Error with what to install */
const findPromtool = (): string => {
  if (spawnSync('promtool', ['--version']).status === 0) return 'promtool';
  const unpacked = join(cache, 'usr/bin/promtool');
  if (existsSync(unpacked)) return unpacked;
  try {
    return unpack();
  } catch (cause) {
    throw new Error('promtool is missing. Install it with: sudo apt-get install -y prometheus', { cause });
  }
};

/** Runs promtool in a directory, with `input` on its standard input. */
export const promtool = (directory: string, args: readonly string[], input = ''): Verdict => {
  const { status, stdout, stderr } = spawnSync(findPromtool(), args, { cwd: directory, input, encoding: 'utf8' });
  return { ok: status === 0, text: `${stdout}${stderr}` };
};
