import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, text } from '../../context/command-row.js';

export const listAliases: CommandRow = {
  name: 'list',
  summary: 'List aliases',
  example: 'ankasecure alias list',
  options: [limitOption],
  run: async (context, _, options) => ({
    value: await collect((await context.client()).list('listAliases'), text(options, 'limit')),
    columns: ['name', 'keyId', 'changedAt'],
  }),
};
