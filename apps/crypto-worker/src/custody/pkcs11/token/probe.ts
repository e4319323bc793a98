import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Pkcs11Config } from '../profile/config.js';

const fromSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(fromSource ? './probe-token.ts' : './probe-token.js', import.meta.url));

/** The longest time of one probe, in milliseconds. A process takes most of a second to start on a busy machine. */
const limitMs = 5_000;

/**
 * Whether a new process reaches the token. It is asked before this process calls a library that failed before: a call that
 * hangs would stop everything here, and no call into the library can be cancelled.
 */
export const tokenAnswers = ({
  libraryPath,
  tokenLabel = '',
  tokenSerial = '',
}: Pick<Pkcs11Config, 'libraryPath' | 'tokenLabel' | 'tokenSerial'>): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, libraryPath, tokenLabel, tokenSerial],
      { timeout: limitMs, killSignal: 'SIGKILL' },
      (error) => resolve(error === null),
    );
  });
