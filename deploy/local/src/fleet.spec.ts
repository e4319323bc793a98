import { expect, it } from 'vitest';
import type { Child } from './child.js';
import { createFleet, serviceOf } from './fleet.js';

/** A process that ends when asked to, and records it. */
const fakeChild = (name: string, pid: number, ended: string[]): Child => {
  let end = (_: number | string): void => {};
  let alive = true;
  const exited = new Promise<number | string>((resolve) => {
    end = resolve;
  });
  const signal = (how: NodeJS.Signals): void => {
    alive = false;
    ended.push(`${name} ${how}`);
    end(how);
  };
  return { name, pid, logFile: '', exited, running: () => alive, signal, stop: async () => signal('SIGTERM') };
};

const fleetOf = async (names: readonly string[]) => {
  const ended: string[] = [];
  const children: Child[] = [];
  const unexpected: string[] = [];
  const launch = async (name: string): Promise<Child> => {
    const child = fakeChild(name, children.length + 1, ended);
    children.push(child);
    return child;
  };
  const fleet = createFleet(launch, (name, how) => unexpected.push(`${name} ${how}`));
  for (const name of names) await fleet.start(name);
  return { fleet, ended, children, unexpected };
};

it('stops callers before the services they call', async () => {
  const { fleet, ended, unexpected } = await fleetOf([
    'crypto-worker-1',
    'audit',
    'policy',
    'crypto-worker-2',
    'gateway',
  ]);
  await fleet.stop();
  expect(ended.map((line) => line.split(' ')[0])).toEqual([
    'gateway',
    'policy',
    'audit',
    'crypto-worker-1',
    'crypto-worker-2',
  ]);
  expect(unexpected).toEqual([]);
});

it('reports only an end that was not requested', async () => {
  const { fleet, children, unexpected } = await fleetOf(['audit', 'policy']);
  await fleet.kill('audit');
  await fleet.restart('audit');
  children[1]?.signal('SIGSEGV');
  await Promise.resolve();
  expect(unexpected).toEqual(['policy SIGSEGV']);
  expect(fleet.pids()).toEqual({ audit: 3 });
});

it('numbers further workers', async () => {
  const { fleet } = await fleetOf(['gateway', 'crypto-worker-1']);
  expect(await fleet.addWorker()).toBe('crypto-worker-2');
  expect(fleet.names()).toEqual(['gateway', 'crypto-worker-1', 'crypto-worker-2']);
});

it('knows the service of a process', () => {
  expect(serviceOf('crypto-worker-12')).toBe('crypto-worker');
  expect(serviceOf('audit')).toBe('audit');
  expect(() => serviceOf('nats')).toThrow('no service process named nats');
});
