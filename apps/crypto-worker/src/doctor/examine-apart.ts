import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { DoctorReport } from '@ankasecure/contracts';
import { sourceArgv } from '../custody/pkcs11/job/source-argv.js';
import type { Examination } from './examination.js';
import { said } from './turns.js';

const fromSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(fromSource ? './examine-program.ts' : './examine-program.js', import.meta.url));
/** Node runs a class with parameter properties from source only if it is told to transform it. */
const transforms = fromSource ? ['--experimental-transform-types', '--no-warnings'] : [];

/** The calls that may still be under way when an examination is told to end: one of a key, and those that clear up. */
const callsToEnd = 4;

/** Ends a turn. */
export type EndTurn = () => Promise<void>;

/** What an examination has from the process that wants to know. */
export interface Keeper {
  /** Takes a turn to write to the token. @returns undefined if it does not come in a moment */
  readonly takeTurn: () => Promise<EndTurn | undefined>;
  /** Ends the examination after the key under way. */
  readonly stop: AbortSignal;
}

/**
 * Reads what an examination says until it has ended, and gives it its turns. A turn ends with the process at the latest.
 * @returns the report; undefined if there was none
 * @throws what ended a turn too early, after the examination has ended
 */
const listen = async (
  pipe: Readable,
  say: (line: string) => void,
  takeTurn: Keeper['takeTurn'],
): Promise<string | undefined> => {
  const failures: unknown[] = [];
  const failed = (error: unknown): undefined => {
    failures.push(error);
    say(said.stop);
  };
  let report: string | undefined;
  let end: EndTurn | undefined;
  const endTurn = async (): Promise<void> => {
    await end?.().catch(failed);
    end = undefined;
  };
  for await (const line of createInterface({ input: pipe })) {
    if (line === said.over) await endTurn();
    else if (line === said.wanted) {
      end = await takeTurn().catch(failed);
      say(end === undefined ? said.later : said.granted);
    } else report = line;
  }
  await endTurn();
  if (failures.length > 0) throw failures[0];
  return report;
};

/**
 * Examines a token in a process of its own, which its library may crash, and whose login is not that of this process. The PIN
 * goes through a pipe, and is put into no argument or environment. The process has the environment of this one, for its library,
 * and has ended when this resolves or rejects.
 * @param stopAfterMs when it is told to end after the key under way. It is killed only if its calls then exceed their limits
 * @returns undefined if it ended without a report
 * @throws the error of a turn
 */
export const examineApart = async (
  examination: Examination,
  { stopAfterMs, stop, takeTurn }: Keeper & { readonly stopAfterMs: number },
): Promise<DoctorReport | undefined> => {
  const child = spawn(process.execPath, [...sourceArgv(import.meta.url), ...transforms, program], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  const { stdin } = child;
  // A program that has ended reads no more; its answer tells.
  stdin?.on('error', () => undefined);
  const say = (line: string): void => void stdin?.write(`${line}\n`);
  say(JSON.stringify(examination));
  let killing: NodeJS.Timeout | undefined;
  const sayStop = (): void => {
    say(said.stop);
    killing ??= setTimeout(() => child.kill('SIGKILL'), callsToEnd * examination.limitSeconds * 1000);
  };
  const stopping = setTimeout(sayStop, stopAfterMs);
  if (stop.aborted) sayStop();
  else stop.addEventListener('abort', sayStop);
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
  // A process that cannot be started for want of descriptors has no pipes.
  const pipe = (child.stdio as typeof child.stdio | undefined)?.[3] as Readable | undefined;
  try {
    const [answer, isWhole] = await Promise.all([pipe && listen(pipe, say, takeTurn), ended]);
    return isWhole && answer !== undefined ? (JSON.parse(answer) as DoctorReport) : undefined;
  } finally {
    clearTimeout(stopping);
    clearTimeout(killing);
    stop.removeEventListener('abort', sayStop);
  }
};
