import type { CallOf } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import { type CommandRow, given, text } from '../../context/command-row.js';
import { keyColumns } from './create.js';

export const rotateKey: CommandRow = {
  name: 'rotate <key>',
  summary: 'Make a new version of a key',
  example: 'ankasecure key rotate invoices --activate-in PT5M',
  dryRun: true,
  options: [
    { flags: '--activate-in <duration>', about: 'When the version protects, as ISO 8601 duration (default: at once)' },
  ],
  run: async (context, [id], options) => {
    const body = given({ activateIn: text(options, 'activateIn') });
    const done = await change(context, 'rotateKey', { path: { id }, body } as CallOf<'rotateKey'>);
    return context.dryRun ? done : { ...done, columns: keyColumns };
  },
};
