import { change } from '../../context/change.js';
import type { CommandRow } from '../../context/command-row.js';

export const setAlias: CommandRow = {
  name: 'set <name> <keyId>',
  summary: 'Point an alias at a key',
  example: 'ankasecure alias set invoices 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10',
  dryRun: true,
  run: (context, [name = '', keyId = '']) => change(context, 'putAlias', { path: { name }, body: { keyId } }),
};
