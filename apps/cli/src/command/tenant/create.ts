import type { CallOf } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import { type CommandRow, given, text } from '../../context/command-row.js';

export const createTenant: CommandRow = {
  name: 'create <slug> <name>',
  summary: 'Create a tenant (platform administrators)',
  example: 'ankasecure tenant create acme "Acme Ltd"',
  dryRun: true,
  options: [{ flags: '--partition <name>', about: 'The HSM partition of its keys (default: default)' }],
  run: (context, [slug, name], options) => {
    const body = { slug, name, ...given({ partition: text(options, 'partition') }) };
    return change(context, 'createTenant', { body } as CallOf<'createTenant'>);
  },
};
