import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, text } from '../../context/command-row.js';

export const listServiceAccounts: CommandRow = {
  name: 'list',
  summary: 'List service accounts',
  example: 'ankasecure service-account list',
  options: [limitOption],
  run: async (context, _, options) => ({
    value: await collect((await context.client()).list('listServiceAccounts'), text(options, 'limit')),
    columns: ['id', 'name', 'clientId', 'roles', 'groups'],
  }),
};
