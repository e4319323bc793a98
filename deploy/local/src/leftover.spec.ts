import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Child, startChild } from './child.js';
import { processLedger } from './leftover.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anka-leftover-'));
  file = join(directory, 'processes');
});

afterEach(() => rmSync(directory, { recursive: true }));

const sleeper = (record: Parameters<typeof startChild>[0]['record'], script = 'setInterval(() => {}, 1000)'): Child =>
  startChild({
    name: 'sleeper',
    command: process.execPath,
    args: ['-e', script],
    logFile: join(directory, 'log'),
    stopSignal: 'SIGTERM',
    ...(record && { record }),
  });

it('ends what an earlier run left behind, by its own signal', async () => {
  const child = sleeper(processLedger(file).record);
  expect(await processLedger(file).endLeftovers()).toEqual(['sleeper']);
  expect(await child.exited).toBe('SIGTERM');
  expect(existsSync(file)).toBe(false);
});

it('kills a process that ignores the signal', async () => {
  const child = sleeper(
    processLedger(file).record,
    "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)",
  );
  await expect.poll(() => readFileSync(join(directory, 'log'), 'utf8')).toContain('deaf');
  expect(await processLedger(file).endLeftovers(200)).toEqual(['sleeper']);
  expect(await child.exited).toBe('SIGKILL');
});

it('spares a process that reuses the pid of an earlier one', async () => {
  const child = sleeper(undefined);
  const entry = { name: 'former', pid: child.pid, stopSignal: 'SIGKILL', startedAt: '1' };
  appendFileSync(file, `${JSON.stringify(entry)}\n{"cut sho`);
  expect(await processLedger(file).endLeftovers()).toEqual([]);
  expect(child.running()).toBe(true);
  await child.stop();
});

it('accepts an empty record', async () => {
  expect(await processLedger(file).endLeftovers()).toEqual([]);
});
