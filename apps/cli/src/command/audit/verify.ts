import type { CommandRow } from '../../context/command-row.js';
import { CliError } from '../../terminal/cli-error.js';

export const verifyTrail: CommandRow = {
  name: 'verify',
  summary: 'Verify the seals and the chain of the audit trail; the exit code is 8 if it is not valid',
  example: 'ankasecure audit verify',
  run: async (context) => {
    const value = await (await context.client()).call('verifyTrail', { body: {} });
    if (!value.valid)
      throw new CliError('invalid', `The audit trail is not valid: ${value.reason ?? 'no reason given'}`);
    return { value };
  },
};
