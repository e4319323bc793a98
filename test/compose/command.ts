import { spawn, spawnSync } from 'node:child_process';

/** A failure with one sentence for the user. */
export class ComposeTestError extends Error {}

export interface Running {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Shows what the command prints. Otherwise it is returned, and shown only if the command fails. */
  readonly shown?: boolean;
}

/** Runs a command to its end. @returns its output @throws ComposeTestError with the end of its output */
export const run = (command: string, args: readonly string[], { cwd, env, shown = false }: Running = {}) =>
  new Promise<string>((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, all] = ['', ''];
    const keep = (chunk: Buffer): void => {
      all = (all + chunk.toString()).slice(-20_000);
      if (shown) process.stderr.write(chunk);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      keep(chunk);
    });
    child.stderr.on('data', keep);
    child.once('error', (error) => reject(new ComposeTestError(`${command} cannot run: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) return resolve(output.trim());
      const end = shown ? '' : `\n${all.trimEnd().split('\n').slice(-25).join('\n')}`;
      reject(new ComposeTestError(`${command} ${args.slice(0, 3).join(' ')} … failed (${code})${end}`));
    });
  });

/** Whether a command exists and runs with these arguments. */
export const works = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
