import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, text } from '../../context/command-row.js';

export const listVersions: CommandRow = {
  name: 'versions <key>',
  summary: 'List the versions of a key',
  example: 'ankasecure key versions invoices',
  options: [limitOption],
  run: async (context, [id = ''], options) => {
    const items = (await context.client()).list('listKeyVersions', { path: { id } });
    return {
      value: await collect(items, text(options, 'limit')),
      columns: ['version', 'state', 'custody', 'createdAt'],
    };
  },
};
