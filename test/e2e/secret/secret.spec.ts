import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { secretSearch, secretText } from './secret.js';

describe('the search for secrets', () => {
  const bytes = randomBytes(24);
  const search = secretSearch([{ what: 'it', bytes }, secretText('text', 'canary-0123456789')]);
  const around = (shift: number): Buffer => Buffer.concat([randomBytes(shift), bytes, randomBytes(5)]);

  it.each([0, 1, 2, 3, 4])('finds a secret at offset %i of a longer text, in any encoding', (shift) => {
    for (const encoding of ['base64', 'base64url', 'hex', 'latin1'] as const) {
      const content = `{"x":"${around(shift).toString(encoding)}"}`;
      const found = search('here', encoding === 'latin1' ? Buffer.from(content, 'latin1') : content);
      expect(found, encoding).toEqual(['it in here']);
    }
  });

  it('finds text that is encoded twice', () => {
    expect(search('here', JSON.stringify({ inner: JSON.stringify({ x: 'a canary-0123456789 b' }) }))).toEqual([
      'text in here',
    ]);
    expect(search('here', Buffer.from(`{"x":"canary-0123456789"}`).toString('base64url'))).toEqual(['text in here']);
  });

  it('finds nothing if there is nothing, and refuses to search for short texts', () => {
    expect(search('here', randomBytes(100_000).toString('base64'))).toEqual([]);
    expect(() => secretSearch([secretText('pin', '1234')])).toThrow(/too short/);
  });
});
