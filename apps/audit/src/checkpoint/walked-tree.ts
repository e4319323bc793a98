import { type ChainStart, edgeTiles, TreeEdge, walkedTreeBytes } from '@ankasecure/audit-event';
import { AnkaError, type Context } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { MacSource } from '../mac/mac-source.js';
import { isGenuine } from '../mac/stored-mac.js';
import { startAfter } from '../trail/chain-walk.js';
import { selectTiles } from './store/checkpoint.sql.js';
import { type StoredWalk, selectWalk, storeWalk } from './store/walk.sql.js';
import { loadTree, type StoredTree } from './stored-tree.js';

/** The place of a walk cannot be gone on from. Forget it, so that the next walk begins after the last checkpoint. */
export class RefusedWalk extends AnkaError {
  constructor(size: number, what: string) {
    super(
      'record-forged',
      `The walk over the trail in ankadb_audit had reached event ${size}. ${what} It begins anew.`,
    );
  }
}

/**
 * Loads the tree to be continued: that of the last checkpoint, or of the walk that has gone on from there.
 * @throws AnkaError as `loadTree`; RefusedWalk for a place that this service has not stored, or without its tiles; the errors of `macs`
 */
export const loadWalkedTree = async (
  manager: EntityManager,
  context: Context,
  macs: MacSource,
): Promise<StoredTree> => {
  const { tenantId } = context;
  const tree = await loadTree(manager, tenantId);
  const walk = await selectWalk(manager, tenantId);
  if (walk === undefined || walk.size <= tree.edge.size) return tree;
  const { size, hash, sealedAt, macKeyId, mac } = walk;
  if (!(await isGenuine(macs.under(context), { macKeyId, message: walkedTreeBytes(walk), mac })))
    throw new RefusedWalk(size, 'The audit service has not stored this place.');
  const at = startAfter({ seq: size, hash }, new Date(sealedAt / 1000));
  return { ...tree, edge: await edgeOf(manager, walk), at, isWalked: true };
};

const edgeOf = async (manager: EntityManager, { tenantId, size, root }: StoredWalk): Promise<TreeEdge> => {
  const read = await selectTiles(manager, tenantId, edgeTiles(size));
  const edge = orUndefined(() => TreeEdge.of(size, read));
  if (edge?.root.equals(root) !== true) throw new RefusedWalk(size, 'Its tiles have another root.');
  return edge;
};

/** @returns undefined where tiles lack hashes */
const orUndefined = <Value>(work: () => Value): Value | undefined => {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/**
 * Keeps the place that a walk has reached, with the tiles that it has grown by. The tenant's key makes a MAC over it, so nobody else can
 * have a tree continued that no walk has made.
 * @returns false if another process has stored a checkpoint there
 */
export const keepWalk = async (
  manager: EntityManager,
  context: Context,
  macs: MacSource,
  edge: TreeEdge,
  at: ChainStart,
): Promise<boolean> => {
  const { tenantId } = context;
  const { size, root } = edge;
  const walked = { tenantId, size, hash: Buffer.from(at.previousHash), sealedAt: at.sealedAt, root };
  const [made] = await macs.compute(context, null, [walkedTreeBytes(walked)]);
  if (made === undefined) throw new Error('fewer MACs than messages');
  return storeWalk(manager, { ...walked, macKeyId: made.macKeyId, mac: made.hmac }, edge.takeGrown());
};
