import type { CallOf } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import { type CommandRow, given, text } from '../../context/command-row.js';

export const destroyKey: CommandRow = {
  name: 'destroy <key>',
  summary: 'Destroy a key after a waiting time',
  example: 'ankasecure key destroy invoices --waiting-days 30',
  dryRun: true,
  options: [{ flags: '--waiting-days <n>', about: 'How long it can be kept after all (default: 30)' }],
  run: async (context, [id], options) => {
    const days = text(options, 'waitingDays');
    const query = given({ waitingDays: days === undefined ? undefined : Number(days) });
    const done = await change(context, 'deleteKey', { path: { id }, query } as CallOf<'deleteKey'>);
    return context.dryRun ? done : { ...done, columns: ['id', 'label', 'state', 'destroyAt'] };
  },
};
