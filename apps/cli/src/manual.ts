import type { Command } from 'commander';
import { commands, groups } from './commands.js';
import type { CommandRow } from './context/command-row.js';
import { programFor } from './program.js';
import { exitCodes } from './terminal/exit-code.js';
import { version } from './version.js';

/** Text that troff shows as it is. */
const plain = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('’', '\\(cq').replace(/^[.']/, '\\&$&');

const silent = { write: () => undefined };
const noTerminal = { env: {}, stdin: { async *[Symbol.asyncIterator]() {} }, stdout: silent, stderr: silent };

const optionLines = (command: Command): readonly string[] =>
  command.options.flatMap(({ flags, description, defaultValue }) => [
    '.TP',
    `.B ${plain(flags)}`,
    `${plain(description)}${typeof defaultValue === 'string' ? ` (default: ${plain(defaultValue)})` : ''}.`,
  ]);

const commandLines = (command: Command, before: string, { name, summary, example }: CommandRow): readonly string[] => [
  `.SS ankasecure ${plain(`${before}${name}`)}`,
  `${plain(summary)}.`,
  ...optionLines(command),
  '.PP',
  'Example:',
  '.RS',
  '.EX',
  plain(example),
  '.EE',
  '.RE',
];

const found = (parent: Command, { name }: { readonly name: string }): Command =>
  parent.commands.find((each) => each.name() === name.split(' ')[0]) ?? parent;

/** The manual of the command, for `man`. */
export const manualPage = (): string => {
  const program = programFor(noTerminal);
  const alone = commands.flatMap((row) => commandLines(found(program, row), '', row));
  const grouped = groups.flatMap((group) =>
    group.commands.flatMap((row) => commandLines(found(found(program, group), row), `${group.name} `, row)),
  );
  const lines = [
    `.TH ANKASECURE 1 "" "ankasecure ${version}"`,
    '.SH NAME',
    'ankasecure \\- keys, encryption and signatures in the HSM you own',
    '.SH SYNOPSIS',
    '.B ankasecure',
    '.I command',
    '[\\fIoptions\\fR]',
    '.SH OPTIONS',
    ...optionLines(program),
    '.SH COMMANDS',
    ...alone,
    ...grouped,
    '.SH EXIT STATUS',
    ...Object.values(exitCodes).flatMap(([code, meaning]) => ['.TP', `.B ${code}`, `${plain(meaning)}.`]),
    '.SH ENVIRONMENT',
    'ANKASECURE_URL, ANKASECURE_TOKEN, ANKASECURE_PROFILE, ANKASECURE_CONFIG and NO_COLOR, as',
    '.B ankasecure \\-\\-help',
    'says.',
  ];
  return `${lines.join('\n')}\n`;
};
