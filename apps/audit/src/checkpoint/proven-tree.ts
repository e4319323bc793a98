import {
  edgeTiles,
  hashBytes,
  planConsistency,
  planInclusion,
  proofFrom,
  type ReadTile,
  type TileName,
  TreeEdge,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from '@ankasecure/audit-event';
import { AnkaError } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { type StoredCheckpoint, selectCheckpoint, selectTiles } from './store/checkpoint.sql.js';
import { assertAgrees, forgedTree, fromTiles } from './stored-tree.js';

/** A leaf and its audit path. */
export interface Inclusion {
  readonly head: TreeHead;
  readonly leaf: Buffer;
  readonly proof: readonly Buffer[];
}

/** A smaller tree, a larger one that continues it, and the proof of that. */
export interface Consistency {
  readonly from: TreeHead;
  readonly to: TreeHead;
  readonly proof: readonly Buffer[];
}

const leafTileOf = (seq: number): TileName => ({
  level: 0,
  index: Math.floor((seq - 1) / 256),
  width: ((seq - 1) % 256) + 1,
});

/**
 * Answers from the stored tiles of a tenant's tree, as of its last checkpoint. Each answer is verified against the root of that
 * checkpoint before it is given. The events need not be there any more.
 */
export class ProvenTree {
  private constructor(
    private readonly manager: EntityManager,
    private readonly tenantId: string,
    readonly last: StoredCheckpoint,
  ) {}

  /** @throws AnkaError `checkpoint-not-found` for a trail without a checkpoint; `record-forged` */
  static async open(manager: EntityManager, tenantId: string): Promise<ProvenTree> {
    const last = await selectCheckpoint(manager, tenantId);
    if (last === undefined) throw new AnkaError('checkpoint-not-found', 'The trail has no checkpoint yet.');
    assertAgrees(last);
    return new ProvenTree(manager, tenantId, last);
  }

  /** @throws AnkaError `checkpoint-not-found` for a tree beyond the last checkpoint; `record-forged` if the tiles are not those of the tree */
  async inclusion(seq: number, size = this.last.size): Promise<Inclusion> {
    if (seq > size)
      throw new AnkaError(
        'checkpoint-not-found',
        `seq: the tree has ${size} events. A later checkpoint will have event ${seq}.`,
      );
    const plan = planInclusion(seq - 1, size);
    const head = await this.headAt(size);
    const read = await this.tiles([...plan.tiles, leafTileOf(seq)]);
    return fromTiles(size, () => {
      const leaf = Buffer.from(read(leafTileOf(seq)).subarray(-hashBytes));
      const proof = proofFrom(plan, size, read);
      if (!verifyInclusion(leaf, seq - 1, head, proof)) throw this.forged();
      return { head, leaf, proof };
    });
  }

  /** @throws AnkaError as `inclusion`; `request-invalid` for a tree that is smaller than the one it is to continue */
  async consistency(from: number, to = this.last.size): Promise<Consistency> {
    if (from > to)
      throw new AnkaError('request-invalid', 'from: must not be larger than to, or than the last checkpoint');
    const heads = { from: await this.headAt(from), to: await this.headAt(to) };
    const plan = planConsistency(from, to);
    const read = await this.tiles(plan.tiles);
    return fromTiles(to, () => {
      const proof = proofFrom(plan, to, read);
      if (!verifyConsistency(heads.from, heads.to, proof)) throw this.forged();
      return { ...heads, proof };
    });
  }

  /** The size and root of the tree over the first events, of which the last checkpoint has been shown to be a continuation. */
  private async headAt(size: number): Promise<TreeHead> {
    const { last } = this;
    if (size === last.size) return last;
    if (size > last.size)
      throw new AnkaError('checkpoint-not-found', `The last checkpoint has ${last.size} events, and not ${size}.`);
    const plan = planConsistency(size, last.size);
    const read = await this.tiles([...plan.tiles, ...edgeTiles(size)]);
    return fromTiles(last.size, () => {
      const head = { size, root: TreeEdge.of(size, read).root };
      if (!verifyConsistency(head, last, proofFrom(plan, last.size, read))) throw this.forged();
      return head;
    });
  }

  private tiles(tiles: readonly TileName[]): Promise<ReadTile> {
    return selectTiles(this.manager, this.tenantId, tiles);
  }

  private forged(): AnkaError {
    return forgedTree(this.last.size, 'its tiles have another root');
  }
}
