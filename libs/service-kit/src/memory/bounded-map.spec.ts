import { beforeEach, describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

describe('a bounded map', () => {
  let map: BoundedMap<string, number>;
  beforeEach(() => {
    map = new BoundedMap(2);
    map.set('a', 1).set('b', 2);
  });

  it('drops the entry that was set longest ago', () => {
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([...map]).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('drops nothing when it sets an existing entry, which becomes the newest', () => {
    map.set('a', 4);
    expect([...map.keys()]).toEqual(['b', 'a']);
  });

  it('drops the least recently used entry if entries are read by use', () => {
    expect([map.use('a'), map.use('nothing')]).toEqual([1, undefined]);
    map.set('c', 3);
    expect([...map.keys()]).toEqual(['a', 'c']);
  });
});
