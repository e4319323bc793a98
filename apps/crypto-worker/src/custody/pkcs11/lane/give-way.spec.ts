import { once } from 'node:events';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { giveWay } from './give-way.js';

const { readlinkSync, setPriority } = vi.hoisted(() => ({ readlinkSync: vi.fn(), setPriority: vi.fn() }));
vi.mock('node:fs', async (original) => ({ ...(await original<object>()), readlinkSync }));
vi.mock('node:os', async (original) => ({ ...(await original<object>()), setPriority }));

/** Gives way, says which thread it is, and stays. */
const thread = `
import { readlinkSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { giveWay } from ${JSON.stringify(new URL('./give-way.ts', import.meta.url))};
giveWay();
parentPort.postMessage(Number(readlinkSync('/proc/thread-self').split('/').at(-1)));
parentPort.on('message', () => undefined);
`;

it.runIf(process.platform === 'linux')(
  'a lane of a token in software gives way, and nobody else of its process does',
  async () => {
    const before = getPriority();
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(thread)}`));
    try {
      const [tid] = (await once(worker, 'message')) as [number];
      expect(getPriority(tid)).toBeGreaterThan(before);
      expect(getPriority()).toBe(before);
    } finally {
      await worker.terminate();
    }
  },
);

describe.runIf(process.platform === 'linux')('a thread that may not give way', () => {
  const failing = (code: string, more: object = {}) => {
    throw Object.assign(new Error(code), { code, ...more });
  };
  const refused = (code: string) => () => failing('ERR_SYSTEM_ERROR', { info: { code } });

  it('goes on as it is', () => {
    readlinkSync.mockImplementation(() => failing('ENOENT'));
    expect([giveWay(), setPriority.mock.calls]).toEqual([false, []]);
    readlinkSync.mockImplementation(() => failing('EACCES'));
    expect(giveWay()).toBe(false);
    readlinkSync.mockReturnValue('4711/task/4715');
    for (const code of ['EACCES', 'EPERM']) {
      setPriority.mockImplementation(refused(code));
      expect(giveWay()).toBe(false);
    }
    setPriority.mockImplementation(() => undefined);
    expect(giveWay()).toBe(true);
    expect(setPriority).toHaveBeenLastCalledWith(4715, 10);
  });

  it('for any other reason says so', () => {
    readlinkSync.mockReturnValue('4711/task/4715');
    setPriority.mockImplementation(refused('EINVAL'));
    expect(giveWay).toThrow('ERR_SYSTEM_ERROR');
  });
});
