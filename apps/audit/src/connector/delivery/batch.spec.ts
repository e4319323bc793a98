import { expect, it } from 'vitest';
import { ScriptedConnector } from '../testing/scripted-connector.js';
import { sealedEventOf } from '../testing/sealed-event.fixture.js';
import { nextBatch } from './batch.js';

it.each([8, 100, 500])('makes the event of each row once, in batches of %d', (most) => {
  const count = 1000;
  let made = 0;
  let rows: readonly number[] = Array.from({ length: count }, (_, at) => at + 1);
  const connector = new ScriptedConnector();
  connector.limits = { events: most, bytes: 1024 * 1024 };
  while (rows.length > 0) {
    const batch = nextBatch(connector, rows, (seq) => {
      made++;
      return sealedEventOf(seq);
    });
    if (!('events' in batch)) return expect.unreachable();
    expect(batch.events.map(({ event }) => event.seq)).toEqual(rows.slice(0, most));
    rows = rows.slice(batch.events.length);
  }
  expect(made).toBe(count);
});
