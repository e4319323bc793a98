import { describe, expect, it } from 'vitest';
import { CursorSeal } from './cursor.js';

describe('a cursor', () => {
  const seal = new CursorSeal('a secret of at least thirty-two characters');
  const scope = { tenantId: 'a', listing: 'keys', filter: { state: 'ACTIVE', label: undefined } };
  const cursor = seal.seal(scope, '17/x');

  it('opens in the listing it comes from', () => {
    expect(seal.open(scope, cursor)).toBe('17/x');
    expect(seal.open({ ...scope, filter: { state: 'ACTIVE' } }, cursor)).toBe('17/x');
  });

  it.each([
    ['another tenant', { ...scope, tenantId: 'b' }, cursor],
    ['another listing', { ...scope, listing: 'events' }, cursor],
    ['another filter', { ...scope, filter: { state: 'SUSPENDED' } }, cursor],
    ['another position', scope, `${Buffer.from('18/x').toString('base64url')}.${cursor.split('.')[1]}`],
    ['no signature', scope, cursor.split('.')[0] ?? ''],
    ['nothing', scope, ''],
  ])('does not open with %s', (_, where, given) => {
    expect(() => seal.open(where, given)).toThrow(expect.objectContaining({ code: 'cursor-invalid' }));
  });

  it('does not open under another secret', () => {
    expect(() => new CursorSeal('another secret of thirty-two characters!').open(scope, cursor)).toThrow();
  });
});
