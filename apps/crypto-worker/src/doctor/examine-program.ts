import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Examination } from './examination.js';
import { examine } from './examine.js';
import { said, TurnsOfParent } from './turns.js';

/**
 * A program that examines a token: the library is loaded and logged in to apart from the process that wants to know. It reads an
 * `Examination` as a line of JSON from standard input, and writes the report as a line to descriptor 3: libraries print on
 * standard output. It asks for each turn to write to the token in the same way. The word to stop ends it after the key under way,
 * as does the death of its parent.
 */
const answerOn = 3;

const stop = new AbortController();
const tell = (line: string): void => {
  writeSync(answerOn, `${line}\n`);
};
const turns = new TurnsOfParent(tell, stop.signal);
const lines = createInterface({ input: process.stdin });
lines.once('close', () => {
  stop.abort();
  turns.orphan();
});
lines.once('line', (line) => {
  lines.on('line', (next) => {
    if (next === said.stop) stop.abort();
    else turns.hear(next);
  });
  const run = { progress: () => undefined, stop: stop.signal, inTurn: turns.inTurn };
  void examine(JSON.parse(line) as Examination, run).then((report) => {
    tell(JSON.stringify(report));
    process.exit(0);
  });
});
