import { change } from '../../context/change.js';
import { type CommandRow, given, text } from '../../context/command-row.js';

export const replayConnector: CommandRow = {
  name: 'replay <id>',
  summary: 'Deliver again what was delivered, from an event or a time on',
  example: 'ankasecure connector replay 01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31 --from-seq 1000',
  dryRun: true,
  options: [
    { flags: '--from-seq <n>', about: 'The first event to repeat' },
    { flags: '--from <time>', about: 'The time of sealing to begin with, such as 2026-11-30T08:00:00Z' },
    { flags: '--tenant <id>', about: 'Whose events, for a connector of the platform' },
  ],
  run: (context, [id = ''], options) => {
    const fromSeq = text(options, 'fromSeq');
    const body = given({
      fromSeq: fromSeq === undefined ? undefined : Number(fromSeq),
      from: text(options, 'from'),
      tenantId: text(options, 'tenant'),
    });
    return change(context, 'replayConnector', { path: { id }, body });
  },
};
