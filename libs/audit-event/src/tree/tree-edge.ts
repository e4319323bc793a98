import { hashBytes, joinPeaks, perfectRoot } from './hash.js';
import { edgeTiles, hashesAt, type TileName, type TilePlace, tileWidth } from './tile.js';

/** A tile and its hashes, concatenated. */
export interface Tile extends TilePlace {
  readonly hashes: Buffer;
}

/** Reads the hashes of a tile, at least as many as its width. */
export type ReadTile = (name: TileName) => Uint8Array;

/** The roots of the perfect subtrees in a partial tile, from left to right. */
const peaksOf = (hashes: readonly Buffer[]): Buffer[] => {
  const peaks: Buffer[] = [];
  let at = 0;
  for (let count = tileWidth / 2; count >= 1; count /= 2) {
    if (hashes.length - at < count) continue;
    peaks.push(perfectRoot(Buffer.concat(hashes.slice(at, at + count))));
    at += count;
  }
  return peaks;
};

/**
 * The right edge of a tree that grows: the last partial tile of each level, which is all that more leaves need. A leaf costs its own
 * copy and, on average, one hash; a root at most 255 hashes for each level.
 */
export class TreeEdge {
  private readonly levels: Buffer[][] = [];
  private readonly full: Tile[] = [];
  /** The levels that have grown since the tiles were last taken. */
  private readonly grown = new Set<number>();
  private leaves = 0;

  /** Continues a tree of a size from its stored tiles. Compare its root with one that is known. */
  static of(size: number, read: ReadTile): TreeEdge {
    const edge = new TreeEdge();
    edge.leaves = size;
    for (let level = 0; hashesAt(level, size) > 0; level++) edge.levels[level] = [];
    for (const tile of edgeTiles(size)) {
      const hashes = Buffer.from(read(tile));
      if (hashes.length < tile.width * hashBytes) throw new RangeError('a tile lacks hashes');
      for (let at = 0; at < tile.width; at++)
        edge.levels[tile.level]?.push(hashes.subarray(at * hashBytes, (at + 1) * hashBytes));
    }
    return edge;
  }

  /** The number of leaves. */
  get size(): number {
    return this.leaves;
  }

  /** The root of the tree (RFC 6962 §2.1). */
  get root(): Buffer {
    return joinPeaks(this.levels.toReversed().flatMap(peaksOf));
  }

  /** @param leaf its hash, 32 bytes */
  append(leaf: Uint8Array): void {
    let hash: Buffer = Buffer.from(leaf);
    if (hash.length !== hashBytes) throw new RangeError('a leaf hash has 32 bytes');
    for (let level = 0; ; level++) {
      const tile = this.levels[level] ?? [];
      this.levels[level] = tile;
      tile.push(hash);
      this.grown.add(level);
      if (tile.length < tileWidth) break;
      const hashes = Buffer.concat(tile);
      // The leaf is not counted yet.
      this.full.push({ level, index: hashesAt(level, this.leaves + 1) / tileWidth - 1, hashes });
      this.levels[level] = [];
      hash = perfectRoot(hashes);
    }
    this.leaves++;
  }

  /** The tiles that have grown since the last call, full ones and the partial ones at the edge. */
  takeGrown(): readonly Tile[] {
    const partial = edgeTiles(this.leaves)
      .filter(({ level }) => this.grown.has(level))
      .map(({ level, index }) => ({ level, index, hashes: Buffer.concat(this.levels[level] ?? []) }));
    this.grown.clear();
    return [...this.full.splice(0), ...partial];
  }
}
