import { machineCpuMs, ProcessTree } from './process-tree.js';

/** CPU milliseconds by process name. */
export type CpuUse = Readonly<Record<string, number>>;

/** Names a backend by its database, and PostgreSQL's own processes by their task. */
const postgresPart = (title: string): string => {
  const words = title.split(' ');
  if (!title.startsWith('postgres: ')) return 'postgres (server)';
  const database = words.find((word, index) => index > 1 && word.startsWith('ankadb_'));
  return `postgres ${
    database ??
    `(${words
      .slice(1)
      .join(' ')
      .replace(/\s+\d*$/, '')})`
  }`;
};

/** The CPU time of the whole machine. */
const everything = 'machine';

/** PostgreSQL's parts are listed individually. `postgres` includes them. */
export const isProcess = (name: string): boolean => name !== everything && !name.startsWith('postgres ');

/** Reads the CPU time of a set of processes so far. */
export class CpuMeter {
  constructor(private readonly pids: () => Readonly<Record<string, number>>) {}

  read(): CpuUse {
    const tree = ProcessTree.read();
    const whole = Object.entries(this.pids()).map(([name, pid]) => [name, tree.cpuMs(pid)] as const);
    const postgres = this.pids()['postgres'];
    const parts = postgres === undefined ? {} : tree.cpuMsBy(postgres, postgresPart);
    return { [everything]: machineCpuMs(), ...Object.fromEntries(whole), ...parts };
  }
}

/** The CPU time between two readings. A backend that ended in between is not counted for its database, but PostgreSQL's total includes it. */
export const used = (before: CpuUse, after: CpuUse): CpuUse =>
  Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, Math.max(0, ms - (before[name] ?? 0))]));

/** CPUs busy with other programs between two readings that are `seconds` apart. If it is large, the other figures mean little. */
export const busyElsewhere = (use: CpuUse, seconds: number): number => {
  const ours = Object.entries(use).reduce((sum, [name, ms]) => (isProcess(name) ? sum + ms : sum), 0);
  return Math.max(0, ((use[everything] ?? 0) - ours) / 1000 / seconds);
};

/** The share of one of `count` requests. */
export const perRequest = (use: CpuUse, count: number): CpuUse =>
  Object.fromEntries(Object.entries(use).map(([name, ms]) => [name, count > 0 ? ms / count : 0]));
