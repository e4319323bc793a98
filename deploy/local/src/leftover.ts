import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface StartedProcess {
  readonly name: string;
  readonly pid: number;
  readonly stopSignal: NodeJS.Signals;
  /** Clock ticks between the machine's boot and the start of the process. Together with the pid, it identifies one process. */
  readonly startedAt: string | undefined;
}

/** Reads fields 3 (state) and 22 (start time) of /proc/<pid>/stat. The name in field 2 may contain any characters. */
const startOf = (pid: number): string | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

const isAlive = ({ pid, startedAt }: StartedProcess): boolean => startedAt !== undefined && startOf(pid) === startedAt;

/** Returns undefined for a line that a crash truncated. */
const parse = (line: string): StartedProcess[] => {
  try {
    return [JSON.parse(line) as StartedProcess];
  } catch {
    return [];
  }
};

/** The processes started from a data directory, recorded in a file as one JSON line each. */
export const processLedger = (file: string) => ({
  record: (process: Omit<StartedProcess, 'startedAt'>): void =>
    appendFileSync(file, `${JSON.stringify({ ...process, startedAt: startOf(process.pid) })}\n`, { mode: 0o600 }),

  /** Ends processes of an earlier run with their own signal, and kills them after `graceMs`. @returns their names */
  endLeftovers: async (graceMs = 5000): Promise<string[]> => {
    if (!existsSync(file)) return [];
    const entries = readFileSync(file, 'utf8').split('\n').flatMap(parse).filter(isAlive);
    for (const { pid, stopSignal } of entries) process.kill(pid, stopSignal);
    const deadline = Date.now() + graceMs;
    while (entries.some(isAlive) && Date.now() < deadline) await delay(20);
    for (const { pid } of entries.filter(isAlive)) process.kill(pid, 'SIGKILL');
    while (entries.some(isAlive)) await delay(5);
    rmSync(file);
    return entries.map(({ name }) => name);
  },
});
