import { collect, limitOption } from '../../context/change.js';
import { type CommandRow, text } from '../../context/command-row.js';

export const listConnectors: CommandRow = {
  name: 'list',
  summary: 'List connectors, and how far each is',
  example: 'ankasecure connector list',
  options: [limitOption],
  run: async (context, _, options) => {
    const items = await collect((await context.client()).list('listConnectors'), text(options, 'limit'));
    if (context.format !== 'table') return { value: items };
    const rows = items.map(({ id, name, enabled, settings: { kind }, status: { lag, paused, lastError } }) => ({
      id,
      name,
      kind,
      state: enabled ? (paused ? 'paused' : 'on') : 'off',
      lag,
      lastError,
    }));
    return { value: rows, columns: ['id', 'name', 'kind', 'state', 'lag', 'lastError'] };
  },
};

export const showConnector: CommandRow = {
  name: 'show <id>',
  summary: 'Show a connector, its settings and its status',
  example: 'ankasecure connector show 01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31',
  run: async (context, [id = '']) => ({
    value: await (await context.client()).call('getConnector', { path: { id } }),
  }),
};
