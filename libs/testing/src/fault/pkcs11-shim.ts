import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A PKCS#11 library that forwards to a real one and fails or delays chosen calls. */
export interface Pkcs11Shim {
  /** The library to load instead of the real one. */
  readonly libraryPath: string;
  /** The environment of a process before it loads the library. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Replaces the faults in force.
   * @param faults e.g. `{ C_Sign: '0x32*1' }` (fail once with that CKR code), `{ C_Sign: 'sleep:5000*1' }` (wait 5 s once),
   * `{ C_Sign: 'hang' }` (wait until the fault is withdrawn); without `*N` for good. The name `*` means every function
   */
  inject(faults: Readonly<Record<string, string>>): void;
  /** The number of calls of a function by all processes that use the shim. */
  calls(name: string): number;
  remove(): void;
}

const sourceFile = (): string => {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith('.ts') ? './pkcs11-shim.c' : '../../src/fault/pkcs11-shim.c', here));
};

/** @param realLibrary the PKCS#11 library behind the shim. @throws when gcc is missing or fails */
export const createPkcs11Shim = (realLibrary: string): Pkcs11Shim => {
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-fault-'));
  const libraryPath = join(directory, 'libpkcs11-shim.so');
  const control = join(directory, 'control');
  const counts = join(directory, 'counts');
  const source = sourceFile();
  const names = functionNames(readFileSync(source, 'utf8'));
  execFileSync('gcc', ['-O1', '-shared', '-fPIC', '-o', libraryPath, source, '-ldl', '-lpthread']);
  writeFileSync(counts, Buffer.alloc(names.length * 8));
  writeFileSync(control, '');
  let injected = 0;
  return {
    libraryPath,
    env: {
      ANKASECURE_FAULT_LIBRARY: realLibrary,
      ANKASECURE_FAULT_CONTROL: control,
      ANKASECURE_FAULT_COUNTS: counts,
    },
    inject: (faults) => {
      const unknown = Object.keys(faults).filter((name) => name !== '*' && !names.includes(name));
      if (unknown.length > 0) throw new Error(`no PKCS#11 function ${unknown.join(', ')}`);
      const text = Object.entries(faults).map(([name, fault]) => `${name}=${fault}\n`);
      writeFileSync(`${control}.next`, text.join(''));
      // The shim detects a new file by its time, because the inode can be reused.
      utimesSync(`${control}.next`, ++injected, injected);
      renameSync(`${control}.next`, control);
    },
    calls: (name) => Number(readFileSync(counts).readBigUInt64LE(names.indexOf(name) * 8)),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};

/** The functions in the order of the shim's table, which is the order of CK_FUNCTION_LIST. */
const functionNames = (source: string): readonly string[] =>
  [...source.matchAll(/ X\((C_\w+)\)/g)].map((match) => match[1] ?? '');
