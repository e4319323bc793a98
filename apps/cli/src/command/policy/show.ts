import type { CommandRow } from '../../context/command-row.js';

export const showPolicy: CommandRow = {
  name: 'show',
  summary: 'Show the policy in force',
  example: 'ankasecure policy show -o yaml',
  run: async (context) => ({ value: await (await context.client()).call('getPolicy') }),
};
