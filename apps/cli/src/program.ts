import { Command, type CommanderError, Option } from 'commander';
import { commands, groups } from './commands.js';
import { completionCommand } from './completion.js';
import type { CommandRow, Context, OptionRow, OptionValues } from './context/command-row.js';
import { type Format, formats, print } from './output/print.js';
import { type ConnectionOptions, connectTo, profileInUse } from './profile/connect.js';
import { exitCodes } from './terminal/exit-code.js';
import type { Terminal } from './terminal/terminal.js';
import { version } from './version.js';

type Global = ConnectionOptions & { readonly output: Format };

const optionOf = (row: OptionRow): Option => {
  const option = new Option(row.flags, row.about);
  if (row.default !== undefined) option.default(row.default);
  if (row.required === true) option.makeOptionMandatory();
  if (row.many === true) option.argParser((value: string, before: string[] = []) => [...before, value]);
  return option;
};

const contextOf = (terminal: Terminal, global: Global, options: OptionValues): Context => ({
  terminal,
  format: global.output,
  connection: global,
  dryRun: options['dryRun'] === true,
  client: async () => connectTo(await profileInUse(terminal, global), global),
});

const addCommand = (parent: Command, row: CommandRow, terminal: Terminal): void => {
  const command = parent.command(row.name).summary(row.summary).description(`${row.summary}.`);
  for (const option of row.options ?? []) command.addOption(optionOf(option));
  if (row.dryRun === true) command.option('--dry-run', 'Say what would happen, and change nothing');
  command.addHelpText('after', `\nExample:\n  ${row.example}`);
  command.action(async () => {
    const options = command.opts<OptionValues>();
    const global = command.optsWithGlobals<Global>();
    const args = command.processedArgs.filter((arg): arg is string => typeof arg === 'string');
    const context = contextOf(terminal, global, options);
    const shown = await row.run(context, args, options);
    if (shown !== undefined) print(terminal.stdout, context.format, shown);
  });
};

const exitCodeHelp = Object.values(exitCodes)
  .map(([code, meaning]) => `  ${code}  ${meaning}`)
  .join('\n');

const environmentHelp = `  ANKASECURE_URL      the URL of the platform
  ANKASECURE_TOKEN    a token, instead of the profile's credential
  ANKASECURE_PROFILE  the profile to use
  ANKASECURE_CONFIG   the file of profiles
  NO_COLOR            no colours`;

/** The whole command, with what it reads and writes. Nothing ends the process. */
export const programFor = (terminal: Terminal): Command => {
  const program = new Command('ankasecure')
    .description('Keys, encryption and signatures in the HSM you own.')
    .version(version, '-V, --version', 'Print the version')
    .addOption(new Option('-o, --output <format>', 'How results are shown').choices(formats).default('table'))
    .option('-p, --profile <name>', 'The profile to use')
    .option('--url <url>', 'The URL of the platform')
    .option('--allow-http', 'Let tokens and data go to another machine without TLS')
    .option('--timeout <seconds>', 'The time of a request with all its attempts', '60')
    .addHelpText('after', `\nEnvironment:\n${environmentHelp}\n\nExit codes:\n${exitCodeHelp}`);
  for (const row of commands) addCommand(program, row, terminal);
  for (const { name, summary, commands: rows } of groups) {
    const group = program.command(name).summary(summary).description(`${summary}.`);
    for (const row of rows) addCommand(group, row, terminal);
  }
  program.addCommand(completionCommand(program, terminal));
  prepare(program, terminal);
  return program;
};

/** Lets a command and those below it write to the terminal, and throw instead of ending the process. */
const prepare = (command: Command, terminal: Terminal): void => {
  command.exitOverride((error: CommanderError) => {
    throw error;
  });
  command.configureOutput({
    writeOut: (text) => void terminal.stdout.write(text),
    writeErr: (text) => void terminal.stderr.write(text),
  });
  command.showHelpAfterError('(ankasecure help shows what it takes)');
  for (const each of command.commands) prepare(each, terminal);
};
