import { AnkaError } from '@ankasecure/contracts';

/** The hashes of a full tile: a subtree of height 8 (C2SP tlog-tiles). */
export const tileWidth = 256;

/**
 * A tile of a tree. Its hashes at level L are roots of perfect subtrees of 256^L leaves. A tile with fewer than 256 hashes is partial:
 * it is the start of the later tile.
 */
export interface TileName {
  readonly level: number;
  /** Counts from 0 within the level. */
  readonly index: number;
  /** The number of hashes: 1 to 256. */
  readonly width: number;
}

/** A tile without its width: the place of its hashes. */
export type TilePlace = Omit<TileName, 'width'>;

/** The number of hashes that a tree of a size has at a level. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / tileWidth ** level);

/** The width of a tile in a tree of a size; 0 or less if the tree does not have it. */
export const widthAt = ({ level, index }: TilePlace, size: number): number =>
  Math.min(tileWidth, hashesAt(level, size) - index * tileWidth);

/** The partial tiles at the right edge of a tree, from level 0 on. Levels without one are left out. */
export const edgeTiles = (size: number): readonly TileName[] => {
  const tiles: TileName[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level++) {
    const hashes = hashesAt(level, size);
    const width = hashes % tileWidth;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / tileWidth), width });
  }
  return tiles;
};

/** The path of a tile below a log's prefix: `tile/<L>/<N>[.p/<W>]`, as C2SP tlog-tiles writes it. */
export const tilePath = ({ level, index, width }: TileName): string => {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g) ?? [];
  const last = parts.length - 1;
  const place = parts.map((part, at) => (at < last ? `x${part}` : part)).join('/');
  return `tile/${level}/${place}${width < tileWidth ? `.p/${width}` : ''}`;
};

const form = /^tile\/([0-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Reads the path of a tile. @throws AnkaError `request-invalid` for any other text, and for one that `tilePath` would write otherwise */
export const parseTilePath = (path: string): TileName => {
  const [, level, place = '', width] = form.exec(path) ?? [];
  const index = Number(place.replaceAll(/[x/]/g, ''));
  const name = { level: Number(level), index, width: width === undefined ? tileWidth : Number(width) };
  if (level === undefined || !Number.isSafeInteger(index) || tilePath(name) !== path)
    throw new AnkaError('request-invalid', 'The path does not name a tile: tile/<level>/<index>[.p/<width>].');
  return name;
};
