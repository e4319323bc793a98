import type { CommandRow } from '../../context/command-row.js';

export const listTemplates: CommandRow = {
  name: 'templates [name]',
  summary: 'List the templates of policies, or print the document of one',
  example: 'ankasecure policy templates cnsa-2.0 > policy.json',
  run: async (context, [template]) => {
    const client = await context.client();
    if (template === undefined)
      return { value: (await client.call('listPolicyTemplates')).items, columns: ['name', 'title'] };
    const { document } = await client.call('getPolicyTemplate', { path: { template } });
    context.terminal.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return undefined;
  },
};
