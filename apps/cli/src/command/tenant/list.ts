import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, text } from '../../context/command-row.js';

export const listTenants: CommandRow = {
  name: 'list',
  summary: 'List the tenants (platform administrators)',
  example: 'ankasecure tenant list',
  options: [limitOption],
  run: async (context, _, options) => ({
    value: await collect((await context.client()).list('listTenants'), text(options, 'limit')),
    columns: ['id', 'slug', 'name', 'partition', 'state'],
  }),
};
