import { type Service, services } from '@ankasecure/contracts';
import type { Child } from './child.js';
import { LocalError } from './failure.js';

/** Called when a process ends that was not asked to end. `how` is its exit code or signal. */
export type UnexpectedExit = (name: string, how: number | string) => void;

/** The service processes of a stack, by name: `gateway`, `policy`, `audit`, `crypto-worker-1`, … */
export interface Fleet {
  names(): string[];
  /** The ids of the running processes. */
  pids(): Record<string, number>;
  /** Starts the process and resolves when it is ready. */
  start(name: string): Promise<void>;
  /** Stops the process and resolves when it has ended. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Stops the process if it runs, and starts it again. */
  restart(name: string): Promise<void>;
  addWorker(): Promise<string>;
  /** Stops all processes, callers before the services they call. */
  stop(): Promise<void>;
}

const stopOrder: readonly Service[] = ['gateway', 'policy', 'audit', 'crypto-worker'];

/** For a partition other than the default one, its name comes before the number. */
export const workerName = (number: number, partition = 'default'): string =>
  partition === 'default' ? `crypto-worker-${number}` : `crypto-worker-${partition}-${number}`;

export const partitionOf = (name: string): string => /^crypto-worker-(.+)-[0-9]+$/.exec(name)?.[1] ?? 'default';

/** The service that a process belongs to. */
export const serviceOf = (name: string): Service => {
  const service = services.find((candidate) => candidate === name || workerPattern(candidate).test(name));
  if (service === undefined) throw new LocalError(`There is no service process named ${name}`);
  return service;
};

const workerPattern = (service: Service): RegExp => new RegExp(`^${service}-(?:[a-z0-9-]+-)?[0-9]+$`);

export const createFleet = (launch: (name: string) => Promise<Child>, onUnexpectedExit?: UnexpectedExit): Fleet => {
  const children = new Map<string, Child>();
  const expected = new WeakSet<Child>();
  const find = (name: string): Child => {
    const child = children.get(name);
    if (child === undefined) throw new LocalError(`There is no service process named ${name}`);
    return child;
  };
  const start = async (name: string): Promise<void> => {
    const child = await launch(name);
    children.set(name, child);
    void child.exited.then((how) => expected.has(child) || onUnexpectedExit?.(name, how));
  };
  const stopOne = (child: Child): Promise<void> => {
    expected.add(child);
    return child.stop();
  };
  return {
    names: () => [...children.keys()],
    pids: () =>
      Object.fromEntries([...children].filter(([, child]) => child.running()).map(([name, { pid }]) => [name, pid])),
    start,
    kill: async (name, signal = 'SIGKILL') => {
      const child = find(name);
      expected.add(child);
      child.signal(signal);
      await child.exited;
    },
    restart: async (name) => {
      await stopOne(find(name));
      await start(name);
    },
    addWorker: async () => {
      const name = workerName([...children.keys()].filter((other) => serviceOf(other) === 'crypto-worker').length + 1);
      await start(name);
      return name;
    },
    stop: async () => {
      for (const service of stopOrder) {
        const members = [...children].filter(([name]) => serviceOf(name) === service);
        await Promise.all(members.map(([, child]) => stopOne(child)));
      }
    },
  };
};
