import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Shifts the date of processes. Their monotonic clock stays as it is. */
export interface ClockShim {
  /** The environment of a process whose date can be shifted. */
  readonly env: Readonly<Record<string, string>>;
  /** Shifts the date by `seconds` within 20 ms. @param pid the process; all processes of the shim if left out */
  shift(seconds: number, pid?: number): void;
  remove(): void;
}

const sourceFile = (): string => {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith('.ts') ? './clock-shim.c' : '../../src/fault/clock-shim.c', here));
};

/** @throws when gcc is missing or fails */
export const createClockShim = (): ClockShim => {
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-clock-'));
  const library = join(directory, 'libclock-shim.so');
  execFileSync('gcc', ['-O1', '-shared', '-fPIC', '-o', library, sourceFile()]);
  return {
    env: { LD_PRELOAD: library, ANKASECURE_CLOCK: directory },
    shift: (seconds, pid) => writeFileSync(join(directory, pid === undefined ? 'all' : String(pid)), `${seconds}\n`),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};
