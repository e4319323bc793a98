import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, queryOf, text } from '../../context/command-row.js';

export const listEvents: CommandRow = {
  name: 'events',
  summary: 'List events of the audit trail, newest first',
  example: 'ankasecure audit events --operation sign --outcome failure',
  options: [
    { flags: '--key-id <id>', about: 'Only events of this key' },
    { flags: '--user-id <id>', about: 'Only events of this principal' },
    { flags: '--operation <name>', about: 'Only events of this operation' },
    { flags: '--outcome <name>', about: 'success, failure or unknown' },
    { flags: '--correlation-id <id>', about: 'Only events of this request' },
    { flags: '--from <time>', about: 'Only events from this time on (RFC 3339)' },
    { flags: '--until <time>', about: 'Only events before this time' },
    limitOption,
  ],
  run: async (context, _, options) => {
    const query = queryOf(options, ['keyId', 'userId', 'operation', 'outcome', 'correlationId', 'from', 'until']);
    const events = (await context.client()).list('queryEvents', { query });
    return {
      value: await collect(events, text(options, 'limit')),
      columns: ['seq', 'occurredAt', 'userId', 'operation', 'outcome', 'failureCode', 'keyId'],
    };
  },
};
