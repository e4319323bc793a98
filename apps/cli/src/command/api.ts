import { type CallOf, type OperationId, type OperationRow, operationTable } from '@ankasecure/sdk';
import { type AnySecure, change, collect } from '../context/change.js';
import { type CommandRow, given, type OptionValues, text, texts } from '../context/command-row.js';
import { CliError } from '../terminal/cli-error.js';
import { readJson } from '../terminal/data.js';
import type { Terminal } from '../terminal/terminal.js';

const pairsOf = (values: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    values.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new CliError('usage', `${pair} is not in the form name=value.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );

const bodyOf = async (terminal: Terminal, given: string | undefined): Promise<unknown> => {
  if (given === undefined) return undefined;
  if (given.startsWith('@')) return readJson(terminal, given.slice(1));
  try {
    return JSON.parse(given) as unknown;
  } catch (cause) {
    throw new CliError('usage', '--body is not JSON.', 'Write JSON, or @file, or @- for standard input.', { cause });
  }
};

const ifMatchOf = (value: string | undefined): number | '*' | undefined =>
  value === undefined || value === '*' ? value : Number(value);

const isOperation = (name: string | undefined): name is OperationId =>
  name !== undefined && Object.hasOwn(operationTable, name);

const listed = () =>
  Object.entries<OperationRow>(operationTable).map(([operation, { method, path, summary }]) => ({
    operation,
    method,
    path,
    summary,
  }));

const callOf = async (terminal: Terminal, options: OptionValues): Promise<object> => ({
  path: pairsOf(texts(options, 'path')),
  query: pairsOf(texts(options, 'query')),
  ...given({
    body: await bodyOf(terminal, text(options, 'body')),
    ifMatch: ifMatchOf(text(options, 'ifMatch')),
    idempotencyKey: text(options, 'idempotencyKey'),
  }),
});

/** Reading to the end is for lists alone: it must not repeat, nor carry out, what changes something. */
const checkAll = (operation: OperationId, isDryRun: boolean): void => {
  if (isDryRun) throw new CliError('usage', '--all and --dry-run do not go together.');
  if (operationTable[operation].method !== 'GET')
    throw new CliError('usage', `${operation} is no list.`, 'Leave --all out.');
};

/** Reaches every operation, also those that have no command of their own. */
export const api: CommandRow = {
  name: 'api [operation]',
  summary: 'Call any operation by its operationId; without one, list them',
  example: 'ankasecure api putGrants --path id=invoices --if-match 1 --body @grants.json',
  dryRun: true,
  options: [
    { flags: '--path <name=value>', about: 'A parameter of the path', many: true },
    { flags: '--query <name=value>', about: 'A parameter of the query', many: true },
    { flags: '--body <json>', about: 'The body: JSON, @file, or @- for standard input' },
    { flags: '--if-match <revision>', about: 'The revision that the change is based on, or *' },
    { flags: '--idempotency-key <key>', about: 'The key to repeat an earlier call with' },
    { flags: '--all', about: 'Read a list to its end' },
  ],
  run: async (context, [operation], options) => {
    if (operation === undefined) return { value: listed(), columns: ['operation', 'method', 'path', 'summary'] };
    if (!isOperation(operation))
      throw new CliError('usage', `There is no operation ${operation}.`, 'List them: ankasecure api');
    if (options['all'] === true) checkAll(operation, context.dryRun);
    const call = await callOf(context.terminal, options);
    if (options['all'] !== true) return change(context, operation, call as CallOf<typeof operation>);
    const client = (await context.client()) as unknown as AnySecure;
    return { value: await collect(client.list(operation, call), undefined) };
  },
};
