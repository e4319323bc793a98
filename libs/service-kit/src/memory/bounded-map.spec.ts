import { beforeEach, describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

describe('a bounded map', () => {
  let map: BoundedMap<string, number>;
  beforeEach(() => {
    map = new BoundedMap(2);
    map.set('a', 1).set('b', 2);
  });

  it('lets the entry go that was set longest ago', () => {
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([...map]).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('pushes nothing out for an entry it has, which is the newest then', () => {
    map.set('a', 4);
    expect([...map.keys()]).toEqual(['b', 'a']);
  });

  it('lets the entry go that was unused for longest, where they are used', () => {
    expect([map.use('a'), map.use('nothing')]).toEqual([1, undefined]);
    map.set('c', 3);
    expect([...map.keys()]).toEqual(['a', 'c']);
  });
});
