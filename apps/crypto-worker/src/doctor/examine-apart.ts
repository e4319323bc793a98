import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { DoctorReport } from '@ankasecure/contracts';
import { sourceArgv } from '../custody/pkcs11/job/source-argv.js';
import type { Examination } from './examination.js';

const fromSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(fromSource ? './examine-program.ts' : './examine-program.js', import.meta.url));
/** Node runs a class with parameter properties from source only if it is told to transform it. */
const transforms = fromSource ? ['--experimental-transform-types', '--no-warnings'] : [];

/** The calls that may still be under way when an examination is told to end: one of a key, and those that clear up. */
const callsToEnd = 4;

/**
 * Examines a token in a process of its own, which its library may crash, and whose login is not that of this process. The PIN
 * goes through a pipe, and is put into no argument or environment. The process has the environment of this one, for its library.
 * @param stopAfterMs when it is told to end after the key under way. It is killed only if its calls then exceed their limits
 * @returns undefined if it ended without a report
 */
export const examineApart = async (
  examination: Examination,
  stopAfterMs: number,
): Promise<DoctorReport | undefined> => {
  const child = spawn(process.execPath, [...sourceArgv(import.meta.url), ...transforms, program], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  const { stdin } = child;
  // A program that has ended reads no more; its answer tells.
  stdin?.on('error', () => undefined);
  stdin?.write(`${JSON.stringify(examination)}\n`);
  const stopping = setTimeout(() => stdin?.end(), stopAfterMs);
  const killing = setTimeout(() => child.kill('SIGKILL'), stopAfterMs + callsToEnd * examination.limitSeconds * 1000);
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
  // A process that cannot be started for want of descriptors has no pipes.
  const pipe = (child.stdio as typeof child.stdio | undefined)?.[3] as Readable | undefined;
  try {
    const [answer, isWhole] = await Promise.all([pipe === undefined ? '' : text(pipe), ended]);
    return isWhole && answer !== '' ? (JSON.parse(answer) as DoctorReport) : undefined;
  } finally {
    clearTimeout(stopping);
    clearTimeout(killing);
  }
};
