import { change } from '../../context/change.js';
import type { CommandRow } from '../../context/command-row.js';

export const algorithms: CommandRow = {
  name: 'algorithms',
  summary: 'List the algorithms that the tenant can use now, and why others are excluded',
  example: 'ankasecure hsm algorithms',
  run: async (context) => {
    const value = await (await context.client()).call('listAlgorithms');
    return { value: context.format === 'table' ? value.items : value };
  },
};

export const capabilities: CommandRow = {
  name: 'capabilities [partition]',
  summary: 'Show what an HSM partition can do (platform administrators)',
  example: 'ankasecure hsm capabilities default -o yaml',
  run: async (context, [partition = 'default']) => ({
    value: await (await context.client()).call('surveyHsm', { path: { partition } }),
  }),
};

export const selftest: CommandRow = {
  name: 'selftest [partition]',
  summary: 'Test the algorithms of an HSM partition (platform administrators)',
  example: 'ankasecure hsm selftest default',
  run: (context, [partition = 'default']) => change(context, 'testHsm', { path: { partition } }),
};
