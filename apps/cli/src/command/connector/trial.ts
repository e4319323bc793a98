import { change } from '../../context/change.js';
import type { CommandRow } from '../../context/command-row.js';

const anId = '01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31';

export const testConnector: CommandRow = {
  name: 'test <id>',
  summary: 'Send an event that says it is a test, and show what the receiver said',
  example: `ankasecure connector test ${anId}`,
  run: (context, [id = '']) => change(context, 'testConnector', { path: { id }, body: {} }),
};

export const resumeConnector: CommandRow = {
  name: 'resume <id>',
  summary: 'Try a paused connector now',
  example: `ankasecure connector resume ${anId}`,
  dryRun: true,
  run: (context, [id = '']) => change(context, 'resumeConnector', { path: { id }, body: {} }),
};
