import type { DoctorReport } from '@ankasecure/contracts';
import { exitCodeOf, sentenceOf } from '@ankasecure/service-kit';
import { type Command, help, parseCommand } from './command.js';
import { Draft } from './draft.js';
import { examine } from './examine.js';
import { ProgressLine } from './progress-line.js';
import { readPartition } from './read-partition.js';
import { reportText } from './report/print-report.js';
import { alone } from './turns.js';

/** Where the program reads and writes. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly err: { readonly isTTY?: boolean; write(text: string): unknown };
  /** Ends the run after the key under way. */
  readonly stop: AbortSignal;
}

const report = async (command: Command, { err, stop }: Surroundings): Promise<DoctorReport> => {
  const { name, hsm } = readPartition(command.config, command.partition);
  const progress = new ProgressLine(err);
  try {
    return await examine({ ...command, partition: name, hsm }, { progress: progress.show, stop, inTurn: alone });
  } finally {
    progress.end();
  }
};

/** A configuration that cannot be read, as a report. */
const unread = (error: unknown, partition: string): DoctorReport => {
  const draft = new Draft(partition);
  draft.findings.add(
    'configuration-unreadable',
    'configuration',
    sentenceOf(error),
    'Correct the file that the sentence names. No PIN was tried.',
  );
  return { ...draft.report, exitCode: exitCodeOf(error) };
};

/** Runs the command. @returns its exit code */
export const run = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { environment, out, err } = surroundings;
  let command: Command | null = null;
  try {
    command = parseCommand(args, environment);
    if (command.help) {
      out.write(help);
      return 0;
    }
    const found = await report(command, surroundings);
    const colours = out.isTTY === true && environment['NO_COLOR'] === undefined;
    out.write(command.json ? `${JSON.stringify(found)}\n` : reportText(found, { ...command, colours }));
    return found.exitCode;
  } catch (error) {
    if (command?.json === true) out.write(`${JSON.stringify(unread(error, command.partition ?? 'default'))}\n`);
    err.write(`hsm doctor: ${sentenceOf(error)}\n`);
    return exitCodeOf(error);
  }
};
