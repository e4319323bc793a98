import { change } from '../../context/change.js';
import type { CommandRow } from '../../context/command-row.js';

export const removeServiceAccount: CommandRow = {
  name: 'remove <id>',
  summary: 'Remove a service account; its tokens end at once',
  example: 'ankasecure service-account remove 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10',
  dryRun: true,
  run: (context, [id = '']) => change(context, 'deleteServiceAccount', { path: { id } }),
};
