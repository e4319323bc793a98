import { expect, it } from 'vitest';
import { instant } from './instant.js';

it.each(['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.123456789Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
  '%s is a time',
  (text) => {
    expect(instant.safeParse(text).success).toBe(true);
  },
);

it.each([
  '0000-01-01T00:00:00Z',
  '2026-01-31T12:00:00+02:00',
  '2026-02-30T12:00:00Z',
  '2026-01-31',
  '',
  `2026-01-31T12:00:00.${'0'.repeat(200)}Z`,
])('%s is not a time', (text) => {
  expect(instant.safeParse(text).success).toBe(false);
});
