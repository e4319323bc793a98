import type { CallOf } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import type { CommandRow } from '../../context/command-row.js';
import { readJson } from '../../terminal/data.js';

/** The change is based on the policy in force when the command runs. */
export const setPolicy: CommandRow = {
  name: 'set [file]',
  summary: 'Replace the policy by the document in a file',
  example: 'ankasecure policy set policy.json --dry-run',
  dryRun: true,
  run: async (context, [file]) => {
    const body = await readJson(context.terminal, file);
    const { version } = await (await context.client()).call('getPolicy');
    return change(context, 'putPolicy', { body, ifMatch: version } as CallOf<'putPolicy'>);
  },
};
