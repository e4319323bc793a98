import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessEntry {
  readonly parent: number;
  /** Clock ticks of the process and of its children that ended and were waited for. */
  readonly ticks: number;
  readonly endedChildren: number;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Reads fields 4 (parent) and 14 to 17 (user and system time, also of ended children). The name in field 2 may contain any characters. */
const readEntry = (pid: number): ProcessEntry | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const at = (number: number): number => Number(fields[number - 3]);
    return { parent: at(4), ticks: at(14) + at(15), endedChildren: at(16) + at(17) };
  } catch {
    return undefined;
  }
};

/** CPU milliseconds of the whole machine: user, nice, system and interrupts, without idle time and waiting for disks. */
export const machineCpuMs = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return ((user + nice + system + irq + softirq) * 1000) / ticksPerSecond;
};

/** All processes of the machine at one moment. */
export class ProcessTree {
  readonly #entries = new Map<number, ProcessEntry>();
  readonly #children = new Map<number, number[]>();

  static read(): ProcessTree {
    const tree = new ProcessTree();
    for (const name of readdirSync('/proc')) {
      const entry = /^\d+$/.test(name) ? readEntry(Number(name)) : undefined;
      if (entry === undefined) continue;
      tree.#entries.set(Number(name), entry);
      tree.#children.set(entry.parent, [...(tree.#children.get(entry.parent) ?? []), Number(name)]);
    }
    return tree;
  }

  /** `pid` and all its descendants. */
  family(pid: number): number[] {
    return [pid, ...(this.#children.get(pid) ?? []).flatMap((child) => this.family(child))];
  }

  /** CPU milliseconds of `pid` and its descendants, including ended ones. For this process itself, descendants are left out, because they include the whole stack. */
  cpuMs(pid: number): number {
    const entries = (pid === process.pid ? [pid] : this.family(pid)).map((member) => this.#entries.get(member));
    const ended = (entry?: ProcessEntry): number => (pid === process.pid ? 0 : (entry?.endedChildren ?? 0));
    const ticks = entries.reduce((sum, entry) => sum + (entry?.ticks ?? 0) + ended(entry), 0);
    return (ticks * 1000) / ticksPerSecond;
  }

  /** CPU milliseconds by the name of each process in the tree. `nameOf` may merge some. */
  cpuMsBy(pid: number, nameOf: (title: string) => string): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const member of this.family(pid)) {
      const name = nameOf(titleOf(member));
      sums[name] = (sums[name] ?? 0) + ((this.#entries.get(member)?.ticks ?? 0) * 1000) / ticksPerSecond;
    }
    return sums;
  }
}

const titleOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
};

/** Memory in MiB. For a tree it is the proportional share, because PostgreSQL's processes share most of their memory. */
export interface Memory {
  readonly now: number;
  /** The peak of the first process only, because the kernel keeps none for a tree. */
  readonly peak: number;
}

const kibibytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

export const memoryOf = (pid: number): Memory => {
  const family = pid === process.pid ? [pid] : ProcessTree.read().family(pid);
  const status = read(`/proc/${pid}/status`);
  const shares = family.map((member) => kibibytes(read(`/proc/${member}/smaps_rollup`), 'Pss'));
  const now = family.length === 1 ? kibibytes(status, 'VmRSS') : shares.reduce((sum, share) => sum + share, 0);
  return { now: now / 1024, peak: kibibytes(status, 'VmHWM') / 1024 };
};
