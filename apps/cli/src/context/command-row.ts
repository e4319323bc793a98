import type { AnkaSecure } from '@ankasecure/sdk';
import type { Format, Shown } from '../output/print.js';
import type { ConnectionOptions } from '../profile/connect.js';
import type { Terminal } from '../terminal/terminal.js';

/** What a command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly format: Format;
  readonly connection: ConnectionOptions;
  /** Whether the command is only to be tried. */
  readonly dryRun: boolean;
  readonly client: () => Promise<AnkaSecure>;
}

export interface OptionRow {
  /** As commander writes it: `-k, --key <name>`. */
  readonly flags: string;
  readonly about: string;
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly required?: true;
  /** Set for an option that can be given several times. */
  readonly many?: true;
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One command: what it is called, what it takes and what it does. */
export interface CommandRow {
  /** With its arguments: `show <key>`. */
  readonly name: string;
  readonly summary: string;
  /** A command line that works, for the help and the manual. */
  readonly example: string;
  readonly options?: readonly OptionRow[];
  /** Set if it can be tried with --dry-run. */
  readonly dryRun?: true;
  /** @returns what to show; undefined if it wrote its output itself */
  readonly run: (context: Context, args: readonly string[], options: OptionValues) => Promise<Shown | undefined>;
}

/** A group of commands: `ankasecure key …`. */
export interface GroupRow {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandRow[];
}

/** The text of an option, or undefined. */
export const text = (options: OptionValues, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

export const texts = (options: OptionValues, name: string): readonly string[] => {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
};

/** Members that are given, without the others. */
export const given = <Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;

/** The text options that were given, as the members of a query. The platform checks their values. */
export const queryOf = (options: OptionValues, names: readonly string[]) =>
  given(Object.fromEntries(names.map((name) => [name, text(options, name)])));
