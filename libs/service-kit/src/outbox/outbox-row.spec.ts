import { describe, expect, it } from 'vitest';
import { mostInRow, mostRowBytes, rowsOf, rowText } from './outbox-row.js';

describe('the rows of a commit', () => {
  const textsOf = (events: readonly string[]) =>
    rowsOf(events, (event) => event).map((row) => row.map(([, text]) => text));

  it('hold all events in their order, and no more than a row may', () => {
    const events = Array.from({ length: 2 * mostInRow + 1 }, (_, index) => `{"n":${index}}`);
    const rows = textsOf(events);
    expect(rows.map((row) => row.length)).toEqual([mostInRow, mostInRow, 1]);
    expect(rows.flat()).toEqual(events);
  });

  it('are small enough to be read', () => {
    const event = `"${'é'.repeat(mostRowBytes / 16)}"`;
    const rows = textsOf(Array.from({ length: 20 }, () => event));
    expect(rows.map((row) => row.length)).toEqual([7, 7, 6]);
    for (const row of rows) expect(Buffer.byteLength(rowText(row))).toBeLessThanOrEqual(mostRowBytes);
  });
});
