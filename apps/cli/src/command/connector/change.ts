import type { CallOf } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import { type CommandRow, type Context, given, text } from '../../context/command-row.js';
import type { Shown } from '../../output/print.js';
import { readJson } from '../../terminal/data.js';

const anId = '01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31';

export const createConnector: CommandRow = {
  name: 'create <name> [settings]',
  summary: 'Create a connector with the settings in a file',
  example: 'ankasecure connector create SOC splunk.json --off',
  dryRun: true,
  options: [{ flags: '--off', about: 'It delivers nothing until it is enabled' }],
  run: async (context, [name, file], options) => {
    const body = { name, enabled: options['off'] !== true, settings: await readJson(context.terminal, file) };
    return change(context, 'createConnector', { body } as CallOf<'createConnector'>);
  },
};

/** The change is based on the connector as it is when the command runs. */
const edit = async (context: Context, id: string, body: object): Promise<Shown> => {
  const { revision } = await (await context.client()).call('getConnector', { path: { id } });
  return change(context, 'editConnector', { path: { id }, body, ifMatch: revision });
};

export const editConnector: CommandRow = {
  name: 'edit <id>',
  summary: 'Change the name or the settings of a connector, which goes on where it was',
  example: `ankasecure connector edit ${anId} --settings splunk.json`,
  dryRun: true,
  options: [
    { flags: '--name <text>', about: 'The new name' },
    { flags: '--settings <file>', about: 'The new settings, all of them; - for standard input' },
  ],
  run: async (context, [id = ''], options) => {
    const file = text(options, 'settings');
    const settings = file === undefined ? undefined : await readJson(context.terminal, file);
    return edit(context, id, given({ name: text(options, 'name'), settings }));
  },
};

/** The command, what it makes of `enabled`, and its summary. */
const switches = [
  ['enable', true, 'Have a connector deliver from where it was'],
  ['disable', false, 'Have a connector deliver nothing; events wait in the trail'],
] as const;

export const connectorSwitches: readonly CommandRow[] = switches.map(([name, enabled, summary]) => ({
  name: `${name} <id>`,
  summary,
  example: `ankasecure connector ${name} ${anId}`,
  dryRun: true,
  run: (context, [id = '']) => edit(context, id, { enabled }),
}));

export const removeConnector: CommandRow = {
  name: 'remove <id>',
  summary: 'Remove a connector, and how far it was',
  example: `ankasecure connector remove ${anId}`,
  dryRun: true,
  run: (context, [id = '']) => change(context, 'deleteConnector', { path: { id } }),
};
