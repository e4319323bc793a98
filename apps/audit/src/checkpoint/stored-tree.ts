import {
  type ChainStart,
  type Checkpoint,
  edgeTiles,
  genesisHash,
  parseCheckpoint,
  parseNote,
  planConsistency,
  planInclusion,
  proofFrom,
  type ReadTile,
  type Tile,
  TreeEdge,
  verifyInclusion,
} from '@ankasecure/audit-event';
import { AnkaError } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { startAfter } from '../trail/chain-walk.js';
import { type StoredCheckpoint, selectCheckpoint, selectTiles } from './store/checkpoint.sql.js';

/** The tree of the last checkpoint, or of a walk that has gone on from there, from its stored tiles. */
export interface StoredTree {
  /** Undefined for a tenant without a checkpoint. */
  readonly last: StoredCheckpoint | undefined;
  readonly edge: TreeEdge;
  /** Where the next event must follow. */
  readonly at: ChainStart;
  /** Whether a walk has gone on from the last checkpoint. */
  readonly isWalked: boolean;
}

/** The error of a stored tree that is not the signed one. */
export const forgedTree = (size: number, what: string): AnkaError =>
  new AnkaError('record-forged', `ankadb_audit does not hold the tree of the checkpoint of ${size} events: ${what}.`);

/** @returns undefined for a text that is no checkpoint */
const checkpointIn = (note: string): Checkpoint | undefined => {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch {
    return undefined;
  }
};

/** The text of a checkpoint must say what its columns say. The worker verifies the signature before it signs the next. */
export const assertAgrees = ({ size, root, note }: StoredCheckpoint): void => {
  const told = checkpointIn(note);
  if (told?.size !== size || Buffer.compare(told.root, root) !== 0)
    throw forgedTree(size, 'its text says something else');
};

/** Turns the errors of tiles that lack hashes into one that says whose they are. */
export const fromTiles = <Value>(size: number, work: () => Value): Value => {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw forgedTree(size, 'tiles are missing');
    throw error;
  }
};

/**
 * Loads the tree of the last checkpoint. Its tiles must lead to the root that was signed, and have the last event's hash under it.
 * @throws AnkaError `record-forged` if they do not
 */
export const loadTree = async (manager: EntityManager, tenantId: string): Promise<StoredTree> => {
  const last = await selectCheckpoint(manager, tenantId);
  const treeOf = (edge: TreeEdge, hash: Buffer): StoredTree => ({
    last,
    edge,
    at: startAfter({ seq: edge.size, hash }),
    isWalked: false,
  });
  if (last === undefined) return treeOf(new TreeEdge(), genesisHash(tenantId));
  const { size, root } = last;
  assertAgrees(last);
  const inclusion = planInclusion(size - 1, size);
  const leafTile = { level: 0, index: Math.floor((size - 1) / 256), width: ((size - 1) % 256) + 1 };
  const read = await selectTiles(manager, tenantId, [...edgeTiles(size), ...inclusion.tiles, leafTile]);
  return fromTiles(size, () => {
    const edge = TreeEdge.of(size, read);
    const lastLeaf = Buffer.from(read(leafTile).subarray(-32));
    const isOwn = edge.root.equals(root) && verifyInclusion(lastLeaf, size - 1, last, proofFrom(inclusion, size, read));
    if (!isOwn) throw forgedTree(size, 'its tiles have another root');
    return treeOf(edge, lastLeaf);
  });
};

/** The proof that a grown tree continues its last checkpoint. @param grown the tiles that it has grown by, as yet unstored */
export const continuation = async (
  manager: EntityManager,
  tenantId: string,
  last: StoredCheckpoint,
  size: number,
  grown: readonly Tile[],
): Promise<readonly Buffer[]> => {
  const plan = planConsistency(last.size, size);
  const known = new Map(grown.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
  const others = plan.tiles.filter(({ level, index }) => !known.has(`${level}/${index}`));
  const stored = await selectTiles(manager, tenantId, others);
  const read: ReadTile = (tile) => known.get(`${tile.level}/${tile.index}`) ?? stored(tile);
  return fromTiles(last.size, () => proofFrom(plan, size, read));
};
