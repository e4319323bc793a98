import { describe, expect, it } from 'vitest';
import { type ListedPage, missingFrom } from './missing.js';

const page = { position: undefined, isLast: true, head: 9 } as const;

describe('the numbers that are missing from a page', () => {
  it.each<[string, ListedPage, readonly (readonly [number, number])[]]>([
    ['none', { ...page, order: 'asc', seqs: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, []],
    ['none of an empty trail', { ...page, order: 'desc', seqs: [], head: 0 }, []],
    [
      'within it',
      { ...page, order: 'asc', seqs: [1, 2, 5, 6, 8, 9] },
      [
        [3, 4],
        [7, 7],
      ],
    ],
    [
      'at both ends',
      { ...page, order: 'desc', seqs: [7, 6, 3, 2] },
      [
        [1, 1],
        [4, 5],
        [8, 9],
      ],
    ],
    ['all', { ...page, order: 'desc', seqs: [] }, [[1, 9]]],
    ['at its start, after another page', { ...page, order: 'asc', position: 4, seqs: [7, 8], isLast: false }, [[5, 6]]],
    ['at its start, newest first', { ...page, order: 'desc', position: 8, seqs: [5, 4], isLast: false }, [[6, 7]]],
    ['none after its end, which the next page has', { ...page, order: 'asc', seqs: [1, 2], isLast: false }, []],
    ['none where one number has two events', { ...page, order: 'desc', seqs: [9, 8, 8, 7], isLast: false }, []],
  ])('%s', (_, listed, missing) =>
    expect(missingFrom(listed).map(({ fromSeq, untilSeq }) => [fromSeq, untilSeq])).toEqual(missing),
  );
});
