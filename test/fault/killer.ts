import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@ankasecure/local';

/** Longest that a process may live before it is killed, in milliseconds: short enough to be hit while it starts, too. */
const longestLifeMs = 2000;

const isGone = (error: unknown): boolean => (error as { code?: string }).code === 'ESRCH';

/** The process that bears `name` now, ready or not yet: the last that the stack wrote down. */
const newestPid = (stack: Stack, name: string): number | undefined => {
  const lines = readFileSync(join(stack.dataDirectory, 'processes'), 'utf8').trimEnd().split('\n');
  const processes = lines.map((line) => JSON.parse(line) as { name: string; pid: number });
  return processes.findLast((process) => process.name === name)?.pid;
};

/** Kills `name` in the midst of whatever it does. @returns whether it was still there */
const killNow = (stack: Stack, name: string): boolean => {
  const pid = newestPid(stack, name);
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
};

/**
 * SoftHSM writes its token's own file anew, in place, at every login: whoever dies in that instant leaves it cut off, and
 * the token is lost. No HSM does that, so the file is put back, as it was when the killing began; nothing in it changes.
 */
const keepToken = (stack: Stack): (() => Promise<void>) => {
  const tokens = join(stack.dataDirectory, 'softhsm', 'tokens');
  const files = readdirSync(tokens).map((token) => join(tokens, token, 'token.object'));
  const kept = files.map((file) => ({ file, content: readFileSync(file) }));
  const isCut = ({ file, content }: (typeof kept)[number]): boolean => statSync(file).size !== content.length;
  return async () => {
    const cut = kept.filter(isCut);
    if (cut.length === 0) return;
    // Somebody alive may be writing it just now.
    await delay(100);
    for (const one of cut.filter(isCut)) writeFileSync(one.file, one.content);
  };
};

/** Starts `name` again and again until it lives. A start that is cut short fails, as it should. */
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
 * Sends SIGKILL to the named processes, each at points of its own, `kills` times in all, and starts each anew. About every third
 * dies once more while it starts. Resolves when all of them are ready again.
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
        if (killNow(stack, name)) left--;
      }
      await starting;
    }
  };
  await Promise.all(names.map(hunt));
};
