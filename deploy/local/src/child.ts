import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { lookUp } from './command.js';
import { LocalError } from './failure.js';

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The process's output is appended to this file. */
  readonly logFile: string;
  /** The signal that asks the process to end. `stop` sends it, or the kernel if this process dies first. */
  readonly stopSignal: NodeJS.Signals;
  /** Called for every process that is started, so that a later run can end what a killed run left behind. */
  readonly record?: (process: { name: string; pid: number; stopSignal: NodeJS.Signals }) => void;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves with the exit code or the name of the signal. */
  readonly exited: Promise<number | string>;
  running(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Asks the process to end, and kills it after `graceMs`: longer than a service's requests in flight may take. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a process in its own session, so that the terminal's Ctrl-C reaches only this process, which stops the others in
 * order. If setpriv exists, the kernel signals the process when this one dies without having stopped it.
 */
export const startChild = (options: ChildOptions): Child => {
  const { name, logFile, stopSignal } = options;
  const setpriv = lookUp('setpriv');
  const [command, args] = setpriv
    ? [setpriv, ['--pdeathsig', stopSignal, options.command, ...options.args]]
    : [options.command, options.args];
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new LocalError(`${name} could not be started: ${options.command} cannot be executed.`);
  options.record?.({ name, pid, stopSignal });
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const signal = (wanted: NodeJS.Signals): void => void (running() && child.kill(wanted));
  const stop = async (graceMs = 30_000): Promise<void> => {
    signal(stopSignal);
    const timer = setTimeout(() => signal('SIGKILL'), graceMs);
    await exited;
    clearTimeout(timer);
  };
  return { name, pid, logFile, exited, running, signal, stop };
};

/** Longest wait for a part that starts, in milliseconds. Only what hangs reaches it, also with twenty times the machine's load. */
export const startPatienceMs = 600_000;

/** Text for an error message: the path of the process's log and its last lines, indented. */
export const logEnd = ({ logFile }: Child, lines = 12): string => {
  const end = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines);
  return `Its log ${logFile} ends with:\n${end.map((line) => `    ${line}`).join('\n')}`;
};

/**
 * Waits until `ready` returns true, and polls it every few milliseconds.
 * @throws LocalError with the end of the log if the process ends first or `timeoutMs` pass
 */
export const waitUntilReady = async (
  child: Child,
  ready: () => Promise<boolean>,
  timeoutMs = startPatienceMs,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!(await ready())) {
    if (!child.running())
      throw new LocalError(`${child.name} ended before it was ready (${await child.exited}). ${logEnd(child)}`);
    if (Date.now() > deadline)
      throw new LocalError(`${child.name} was not ready within ${timeoutMs / 1000} s. ${logEnd(child)}`);
    await delay(15);
  }
};
