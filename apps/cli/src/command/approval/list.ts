import type { CallOf } from '@ankasecure/sdk';
import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, text } from '../../context/command-row.js';

export const listApprovals: CommandRow = {
  name: 'list',
  summary: 'List requests that need a second person',
  example: 'ankasecure approval list --state pending',
  options: [
    { flags: '--state <name>', about: 'pending, approved, rejected, withdrawn or expired', default: 'pending' },
    limitOption,
  ],
  run: async (context, _, options) => {
    const query = { state: text(options, 'state') };
    const items = (await context.client()).list('listApprovals', { query } as CallOf<'listApprovals'>);
    return {
      value: await collect(items, text(options, 'limit')),
      columns: ['id', 'operation', 'requestedBy', 'state', 'expiresAt'],
    };
  },
};
