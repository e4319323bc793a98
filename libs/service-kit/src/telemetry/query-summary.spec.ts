import { describe, expect, it } from 'vitest';
import { querySummary } from './query-summary.js';

describe('the summary of a statement', () => {
  it.each([
    ['SELECT * FROM wuser_table WHERE username = $1', 'SELECT wuser_table'],
    [
      'INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = $1',
      'INSERT shipping_details SELECT orders',
    ],
    ['SELECT * FROM songs INNER JOIN artists ON songs.artist_id = artists.id', 'SELECT songs artists'],
    ['DELETE FROM "outbox" WHERE "id" IN ($1, $2)', 'DELETE outbox'],
    ['UPDATE "key" SET "state" = $1 WHERE "id" = $2', 'UPDATE key'],
    ['INSERT INTO key (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = $1', 'INSERT key'],
    ['SELECT id FROM outbox ORDER BY id FOR UPDATE SKIP LOCKED', 'SELECT outbox'],
    ['SELECT 1 FROM key WHERE a IS DISTINCT FROM b', 'SELECT key'],
    ['SELECT extract(epoch FROM now())', 'SELECT'],
    ['SELECT x FROM unnest($1::uuid[]) AS x', 'SELECT'],
    ['START TRANSACTION', 'START'],
    ['', 'QUERY'],
  ])('of %s is %s', (text, summary) => {
    expect(querySummary(text)).toBe(summary);
  });

  it('has at most 255 characters and ends with a whole word', () => {
    const tables = Array.from({ length: 60 }, (_, index) => `FROM table_${index}`).join(' ');
    const summary = querySummary(`SELECT 1 ${tables}`);
    expect(summary.length).toBeLessThanOrEqual(255);
    expect(summary).toMatch(/ table_\d+$/);
  });
});
