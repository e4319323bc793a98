import type { CallOf } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import { type CommandRow, given, text } from '../../context/command-row.js';

export const showApproval: CommandRow = {
  name: 'show <id>',
  summary: 'Show a request and what it asks for',
  example: 'ankasecure approval show 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10',
  run: async (context, [id = '']) => ({ value: await (await context.client()).call('getApproval', { path: { id } }) }),
};

export const approve: CommandRow = {
  name: 'approve <id>',
  summary: 'Approve a request of another person, which is then carried out',
  example: 'ankasecure approval approve 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10',
  dryRun: true,
  run: (context, [id = '']) => change(context, 'approveRequest', { path: { id }, body: {} }),
};

export const reject: CommandRow = {
  name: 'reject <id>',
  summary: 'Reject a request of another person',
  example: 'ankasecure approval reject 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 --reason "not in this quarter"',
  dryRun: true,
  options: [{ flags: '--reason <text>', about: 'Why, for the record' }],
  run: (context, [id], options) =>
    change(context, 'rejectRequest', {
      path: { id },
      body: given({ reason: text(options, 'reason') }),
    } as CallOf<'rejectRequest'>),
};

export const withdraw: CommandRow = {
  name: 'withdraw <id>',
  summary: 'Withdraw a request of your own',
  example: 'ankasecure approval withdraw 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10',
  dryRun: true,
  run: (context, [id = '']) => change(context, 'withdrawRequest', { path: { id } }),
};
