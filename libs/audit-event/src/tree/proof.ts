import { hashBytes, joinPeaks, perfectRoot } from './hash.js';
import { type TileName, tilePath, tileWidth, widthAt } from './tile.js';
import type { ReadTile } from './tree-edge.js';

/** Leaves from one index up to, and not including, another. */
interface Range {
  readonly from: number;
  readonly until: number;
}

/** A proof that is not computed yet: the ranges whose roots it consists of, and the tiles that they take. */
export interface ProofPlan {
  readonly ranges: readonly Range[];
  readonly tiles: readonly TileName[];
}

/** The height of a tile's subtree. */
const tileHeight = 8;

/** The largest power of two that is smaller than `count`, which is at least 2. */
const split = (count: number): number => {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
};

/** A perfect subtree, as hashes of one tile. */
interface Part {
  readonly tile: TileName;
  readonly at: number;
  readonly count: number;
}

/** The perfect subtree of `2^height` leaves at `index`, counted in subtrees of its height. */
const partOf = (height: number, index: number, size: number): Part => {
  const level = Math.floor(height / tileHeight);
  const count = 2 ** (height % tileHeight);
  const place = { level, index: Math.floor((index * count) / tileWidth) };
  return { tile: { ...place, width: widthAt(place, size) }, at: (index * count) % tileWidth, count };
};

/** The perfect subtrees of a range, from left to right. A range of a proof starts at a multiple of their sizes. */
const partsOf = ({ from, until }: Range, size: number): readonly Part[] => {
  const parts: Part[] = [];
  for (let at = from; at < until; ) {
    const leaves = split(until - at + 1);
    parts.push(partOf(Math.round(Math.log2(leaves)), at / leaves, size));
    at += leaves;
  }
  return parts;
};

const planOf = (ranges: readonly Range[], size: number): ProofPlan => {
  const tiles = ranges.flatMap((range) => partsOf(range, size).map(({ tile }) => tile));
  return { ranges, tiles: [...new Map(tiles.map((tile) => [tilePath(tile), tile])).values()] };
};

const assertRange = (isRight: boolean): void => {
  if (!isRight) throw new RangeError('the tree does not have these leaves');
};

/** Plans the audit path of a leaf (RFC 6962 §2.1.1). @param index from 0, below `size` */
export const planInclusion = (index: number, size: number): ProofPlan => {
  assertRange(Number.isSafeInteger(size) && Number.isSafeInteger(index) && index >= 0 && index < size);
  const ranges: Range[] = [];
  let [from, until] = [0, size];
  while (until - from > 1) {
    const middle = from + split(until - from);
    const isLeft = index < middle;
    ranges.push(isLeft ? { from: middle, until } : { from, until: middle });
    if (isLeft) until = middle;
    else from = middle;
  }
  return planOf(ranges.reverse(), size);
};

/** Plans the proof that a tree of `size` leaves continues the one of its first `before` leaves (RFC 6962 §2.1.2). Nothing needs proof for 0. */
export const planConsistency = (before: number, size: number): ProofPlan => {
  assertRange(Number.isSafeInteger(size) && Number.isSafeInteger(before) && before >= 0 && before <= size);
  if (before === 0) return { ranges: [], tiles: [] };
  const ranges: Range[] = [];
  let [from, until] = [0, size];
  while (until !== before) {
    const middle = from + split(until - from);
    const isLeft = before <= middle;
    ranges.push(isLeft ? { from: middle, until } : { from, until: middle });
    if (isLeft) until = middle;
    else from = middle;
  }
  if (from > 0) ranges.push({ from, until });
  return planOf(ranges.reverse(), size);
};

/** Computes a planned proof from the tiles of a tree of that size or a larger one. */
export const proofFrom = ({ ranges }: ProofPlan, size: number, read: ReadTile): readonly Buffer[] =>
  ranges.map((range) =>
    joinPeaks(
      partsOf(range, size).map(({ tile, at, count }) => {
        const hashes = read(tile).subarray(at * hashBytes, (at + count) * hashBytes);
        if (hashes.length !== count * hashBytes) throw new RangeError('a tile lacks hashes');
        return perfectRoot(hashes);
      }),
    ),
  );
