import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Pkcs11Config } from '../profile/config.js';

const fromSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(fromSource ? './probe-token.ts' : './probe-token.js', import.meta.url));

/** The longest time of one probe, in milliseconds. A process takes most of a second to start on a busy machine. */
const limitMs = 5_000;

type Probed = Pick<Pkcs11Config, 'libraryPath' | 'tokenLabel' | 'tokenSerial'>;

/**
 * What a new process finds: the token answers, the library reports that it does not, or its calls hang. It is asked before
 * this process makes a call that may hang: that would stop everything here, and no call into the library can be cancelled.
 */
export const probeToken = ({ libraryPath, tokenLabel = '', tokenSerial = '' }: Probed) =>
  new Promise<'answers' | 'fails' | 'hangs'>((resolve) => {
    execFile(
      process.execPath,
      [program, libraryPath, tokenLabel, tokenSerial],
      { timeout: limitMs, killSignal: 'SIGKILL' },
      (error) => {
        if (error === null) resolve('answers');
        else resolve(error.killed === true ? 'hangs' : 'fails');
      },
    );
  });

/** Whether a new process reaches the token. */
export const tokenAnswers = async (token: Probed): Promise<boolean> => (await probeToken(token)) === 'answers';
