import type { CommandRow } from '../../context/command-row.js';

export const showKey: CommandRow = {
  name: 'show <key>',
  summary: 'Show a key, by its id or an alias',
  example: 'ankasecure key show invoices',
  run: async (context, [id = '']) => ({ value: await (await context.client()).call('getKey', { path: { id } }) }),
};
