import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Examination } from './examination.js';
import { examine } from './examine.js';

/**
 * A program that examines a token: the library is loaded and logged in to apart from the process that wants to know. It reads an
 * `Examination` as a line of JSON from standard input, and writes the report to descriptor 3: libraries print on standard output.
 * The end of standard input ends it after the key under way, as does the death of its parent.
 */
const answerOn = 3;

const stop = new AbortController();
const lines = createInterface({ input: process.stdin });
lines.once('close', () => stop.abort());
lines.once('line', (line) => {
  void examine(JSON.parse(line) as Examination, () => undefined, stop.signal).then((report) => {
    writeSync(answerOn, JSON.stringify(report));
    process.exit(0);
  });
});
