import { once } from 'node:events';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

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
