import type { CallOf } from '@ankasecure/sdk';
import type { CommandRow } from '../../context/command-row.js';
import { readJson } from '../../terminal/data.js';

export const policyImpact: CommandRow = {
  name: 'impact [file]',
  summary: 'List the keys and the recent calls that a policy would refuse',
  example: 'ankasecure policy impact policy.json -o json',
  run: async (context, [file]) => {
    const body = { document: await readJson(context.terminal, file) };
    return {
      value: await (await context.client()).call('evaluatePolicyChange', { body } as CallOf<'evaluatePolicyChange'>),
    };
  },
};
