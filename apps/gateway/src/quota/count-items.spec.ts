import { describe, expect, it } from 'vitest';
import { countItems } from './count-items.js';

const count = (body: unknown): number =>
  countItems(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe('the operations of a body', () => {
  it.each([
    [1, { keyId: 'k', payload: 'AAAA' }],
    [1, { items: [{ keyId: 'k' }] }],
    [3, { items: [{}, {}, {}] }],
    [13, { items: [{ a: [1, 2, 3, 4, 5], b: { c: [1, 2, 3, 4] } }, [1, 2, 3, 4], 'x,y,z'] }],
    [8, { keys: [1, 2, 3, 4, 5, 6, 7, { keyId: 'k' }], payload: 'AAAA' }],
    [24, { items: Array.from({ length: 3 }, () => ({ keys: Array.from({ length: 8 }, () => ({ keyId: 'k' })) })) }],
    [2, { jws: { payload: 'AAAA', signatures: [{}, {}] } }],
    [2, { items: ['a]"\\', '\\"],[,'] }],
    [1, { items: [] }],
    [5, { before: { list: [1, 2, 3, 4] }, items: [1, 2], after: 'x' }],
    [2, ' { "it\\u0065ms" : [ {} , {} ] } '],
    [4, '{"items":[1],"items":[1,2,3,4]}'],
    [1, `{"items":${'['.repeat(9)}1,2,3${']'.repeat(9)}}`],
    [1, '[1,2,3]'],
    [1, ''],
    [3, '{"items":[1,2,3'],
    [1, '}}}{"a":"'],
    [1, 'null'],
  ])('are %i in %j', (expected, body) => expect(count(body)).toBe(expected));

  it('are as many as JSON says, whatever the items are', () => {
    for (let items = 1; items <= 1000; items += 111)
      expect(count({ items: Array.from({ length: items }, (_, at) => ({ keyId: `"${at},\\`, list: [[at]] })) })).toBe(
        items,
      );
  });

  it('are counted in time that grows with the body, even if it is all escapes', () => {
    const started = process.cpuUsage();
    count(`{"items":["${'\\\\'.repeat(1_000_000)}"]}`);
    count(`{"items":["${'\\"'.repeat(1_000_000)}"]}`);
    // One pass takes milliseconds. A pass for each escape takes minutes.
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });
});
