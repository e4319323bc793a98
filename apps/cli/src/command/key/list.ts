import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, queryOf, text } from '../../context/command-row.js';
import { keyColumns } from './create.js';

export const listKeys: CommandRow = {
  name: 'list',
  summary: 'List keys',
  example: 'ankasecure key list --state ACTIVE',
  options: [
    { flags: '-a, --algorithm <name>', about: 'Only keys with this algorithm' },
    { flags: '--purpose <name>', about: 'Only keys for this purpose' },
    { flags: '--state <name>', about: 'Only keys in this state' },
    { flags: '--label <text>', about: 'Only keys with this label' },
    limitOption,
  ],
  run: async (context, _, options) => {
    const query = queryOf(options, ['algorithm', 'purpose', 'state', 'label']);
    const client = await context.client();
    const value = await collect(client.list('listKeys', { query }), text(options, 'limit'));
    return { value, columns: keyColumns };
  },
};
