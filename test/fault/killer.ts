import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@ankasecure/local';

/** The maximum life of a process before it is killed, in milliseconds. It is short enough to hit a process while it starts. */
const longestLifeMs = 2000;

/** The time in which a killed process is reaped, in milliseconds. */
const reapMs = 100;

const isGone = (error: unknown): boolean => (error as { code?: string }).code === 'ESRCH';

/** The current process named `name`, ready or not: the last one that the stack recorded. */
const newestPid = (stack: Stack, name: string): number | undefined => {
  const lines = readFileSync(join(stack.dataDirectory, 'processes'), 'utf8').trimEnd().split('\n');
  const processes = lines.map((line) => JSON.parse(line) as { name: string; pid: number });
  return processes.findLast((process) => process.name === name)?.pid;
};

/** Sends `signal` to `name`, or nothing with 0. @returns whether it was still running */
const signalNow = (stack: Stack, name: string, signal: 'SIGKILL' | 0): boolean => {
  const pid = newestPid(stack, name);
  if (pid === undefined) return false;
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
};

/**
 * SoftHSM rewrites its token's own file in place at every login. A process that dies in that instant truncates it, and
 * the token is lost. No HSM does that, so the file is restored to its state before the kills. Its contents never change.
 */
const keepToken = (stack: Stack): (() => Promise<void>) => {
  const tokens = join(stack.dataDirectory, 'softhsm', 'tokens');
  const files = readdirSync(tokens).map((token) => join(tokens, token, 'token.object'));
  const kept = files.map((file) => ({ file, content: readFileSync(file) }));
  const isCut = ({ file, content }: (typeof kept)[number]): boolean => statSync(file).size !== content.length;
  return async () => {
    const cut = kept.filter(isCut);
    if (cut.length === 0) return;
    // A running process may be writing it now.
    await delay(100);
    for (const one of cut.filter(isCut)) writeFileSync(one.file, one.content);
  };
};

/** Starts `name` until it stays up. An interrupted start fails, as it should. */
const revive = async (stack: Stack, name: string, restoreToken: () => Promise<void>): Promise<void> => {
  for (let attempt = 0; ; attempt++) {
    await restoreToken();
    try {
      return await stack.restart(name);
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
};

/**
 * Sends SIGKILL to the named processes at random points, `kills` times in all, and restarts each. About every third
 * is killed again while it starts. Resolves when all of them are ready again.
 */
export const killRepeatedly = async (stack: Stack, names: readonly string[], kills: number): Promise<void> => {
  let left = kills;
  const restoreToken = keepToken(stack);
  const hunt = async (name: string): Promise<void> => {
    while (left > 0) {
      await delay(Math.random() * longestLifeMs);
      if (left-- <= 0) break;
      await stack.kill(name);
      const starting = revive(stack, name, restoreToken);
      if (left > 0 && Math.random() < 0.35) {
        await delay(Math.random() * longestLifeMs);
        if (signalNow(stack, name, 'SIGKILL')) left--;
      }
      await starting;
      // The second kill may have come after the start. A killed process counts as running until it is reaped.
      await delay(reapMs);
      if (!signalNow(stack, name, 0)) await revive(stack, name, restoreToken);
    }
  };
  await Promise.all(names.map(hunt));
};
