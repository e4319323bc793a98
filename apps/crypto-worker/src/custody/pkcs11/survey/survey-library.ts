import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { sourceArgv } from '../job/source-argv.js';
import type { Survey, SurveyFailure, SurveyOrder } from './survey.js';

const fromSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(fromSource ? './survey-program.ts' : './survey-program.js', import.meta.url));

/** A library of a network HSM looks for every appliance before it answers. */
const limitMs = 60_000;

const failureOf = (signal: NodeJS.Signals | null, said: string): SurveyFailure => {
  if (signal === 'SIGKILL') return { cause: 'hangs', reason: `it did not answer in ${limitMs / 1000} seconds` };
  const words = said.trim().split('\n').at(-1) ?? '';
  return { cause: 'ended', reason: signal === null ? words : `it ended its process (${signal})` };
};

/** Looks at a library in a process of its own, which it may crash. It does not log in. */
export const surveyLibrary = async (order: SurveyOrder): Promise<Survey | SurveyFailure> => {
  const child = spawn(process.execPath, [...sourceArgv(import.meta.url), program], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  child.stdin?.end(JSON.stringify(order));
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve(signal));
  });
  const [answer, said, signal] = await Promise.all([
    text(child.stdio[3] as Readable),
    text(child.stderr as Readable),
    ended,
  ]);
  return answer === '' ? failureOf(signal, said) : (JSON.parse(answer) as Survey | SurveyFailure);
};
