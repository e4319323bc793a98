import { change } from '../../context/change.js';
import type { CommandRow } from '../../context/command-row.js';

export const removeAlias: CommandRow = {
  name: 'remove <name>',
  summary: 'Remove an alias; the key stays',
  example: 'ankasecure alias remove invoices',
  dryRun: true,
  run: (context, [name = '']) => change(context, 'deleteAlias', { path: { name } }),
};
