import type { CallOf } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import { type CommandRow, given, text } from '../../context/command-row.js';

export const keyColumns = ['id', 'label', 'algorithm', 'purpose', 'custody', 'version', 'state'] as const;

export const createKey: CommandRow = {
  name: 'create <label>',
  summary: 'Create a key in the HSM',
  example: 'ankasecure key create invoices --algorithm EC-P256 --purpose sign',
  dryRun: true,
  options: [
    {
      flags: '-a, --algorithm <name>',
      about: 'The algorithm, such as AES-256, EC-P256 or RSA-3072',
      default: 'AES-256',
    },
    {
      flags: '--purpose <name>',
      about: 'encrypt, sign, mac, wrap or encapsulate (default: the first of the algorithm)',
    },
    { flags: '--custody <name>', about: 'token, wrapped or software (default: as the platform chooses)' },
    { flags: '--alias <name>', about: 'Also point this alias at the key' },
  ],
  run: async (context, [label], options) => {
    const body = {
      label,
      ...given({
        algorithm: text(options, 'algorithm'),
        purpose: text(options, 'purpose'),
        custody: text(options, 'custody'),
      }),
    };
    const made = await change(context, 'createKey', { body } as CallOf<'createKey'>);
    const alias = text(options, 'alias');
    if (alias !== undefined && !context.dryRun) {
      const { id: keyId } = made.value as { id: string };
      await (await context.client()).call('putAlias', { path: { name: alias }, body: { keyId } });
    }
    return context.dryRun ? made : { ...made, columns: keyColumns };
  },
};
