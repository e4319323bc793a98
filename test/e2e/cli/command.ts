import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@ankasecure/local';

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** The directory that the command runs in. */
  readonly cwd?: string;
}

/** The system's own Node is the oldest that the command names, where there is one. */
const systemNode = '/usr/bin/node';
export const oldestNode = existsSync(systemNode) ? systemNode : process.execPath;

const program = join(repository, 'apps/cli/bin/ankasecure.js');

/** Runs a program to its end. */
export const runProgram = (
  file: string,
  args: readonly string[],
  { env = {}, input, cwd }: CommandOptions = {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: { PATH: process.env['PATH'] ?? '', ...env } });
    const out = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        out[name] += text;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, ...out }));
    child.stdin.on('error', () => undefined).end(input);
  });

/** Runs `ankasecure`, compiled, as a shell does. */
export const ankasecure = (args: readonly string[], options: CommandOptions = {}): Promise<Ended> =>
  runProgram(oldestNode, [program, ...args], options);
