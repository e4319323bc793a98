import { describe, expect, it } from 'vitest';
import { instantOf, microsOf } from './instant.js';

describe('instants', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000000Z'],
    [1_795_000_000_000_001, '2026-11-18T11:06:40.000001Z'],
    [1_795_000_000_999_999, '2026-11-18T11:06:40.999999Z'],
  ])('convert %i to %s and back', (micros, instant) => {
    expect(instantOf(micros)).toBe(instant);
    expect(microsOf(instant)).toBe(micros);
  });

  it('parse with any number of decimals', () => {
    expect(microsOf('1970-01-01T00:00:01Z')).toBe(1_000_000);
    expect(microsOf('1970-01-01T00:00:01.5Z')).toBe(1_500_000);
    expect(microsOf('1970-01-01T00:00:01.0000019Z')).toBe(1_000_001);
  });
});
