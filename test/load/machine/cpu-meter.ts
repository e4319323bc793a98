import { machineCpuMs, ProcessTree } from './process-tree.js';

/** CPU milliseconds by process name. */
export type CpuUse = Readonly<Record<string, number>>;

/** A database's backends by the database, PostgreSQL's own processes by what they do. */
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

/** All that the machine did. */
const everything = 'machine';

/** PostgreSQL's parts are told one by one, and are in `postgres` already. */
export const isProcess = (name: string): boolean => name !== everything && !name.startsWith('postgres ');

/** Reads what a set of processes have used so far. */
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

/** What was used between two readings. A backend that ended meanwhile took its part along: its database's is 0 then, the whole of PostgreSQL's is right. */
export const used = (before: CpuUse, after: CpuUse): CpuUse =>
  Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, Math.max(0, ms - (before[name] ?? 0))]));

/** CPUs kept busy by what is none of ours, between two readings that are `seconds` apart: figures beside a large one say little. */
export const busyElsewhere = (use: CpuUse, seconds: number): number => {
  const ours = Object.entries(use).reduce((sum, [name, ms]) => (isProcess(name) ? sum + ms : sum), 0);
  return Math.max(0, ((use[everything] ?? 0) - ours) / 1000 / seconds);
};

/** For one of `count` requests. */
export const perRequest = (use: CpuUse, count: number): CpuUse =>
  Object.fromEntries(Object.entries(use).map(([name, ms]) => [name, count > 0 ? ms / count : 0]));
