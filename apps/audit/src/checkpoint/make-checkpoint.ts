import { genesisHash } from '@ankasecure/audit-event';
import { AnkaError, type Context, monotonicNow } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ToldEnd } from '../end/sealed-ends.js';
import { type ReadSlice, startAfter, walkChain } from '../trail/chain-walk.js';
import { selectSlice } from '../trail/trail-rows.sql.js';
import { CheckpointSource } from './checkpoint-source.js';
import { ProvenEnds } from './proven-end.js';
import { type StoredCheckpoint, storeCheckpoint, takeTurn } from './store/checkpoint.sql.js';
import { CheckpointDatabase } from './store/checkpoint-database.js';
import { continuation, loadTree, type StoredTree } from './stored-tree.js';

/**
 * The result for one trail. `current`: nothing was sealed since the last checkpoint. `busy`: another process makes one.
 * `pending`: the end of the trail could not be proved now.
 */
export type Made =
  | { readonly standing: 'signed'; readonly size: number }
  | { readonly standing: 'current' | 'busy' | 'pending' };

/**
 * Makes checkpoints: brings the tree of a tenant up to the end of its trail and gets it signed in the HSM. The end must be one that this
 * service has sealed or proved, and the events between the last checkpoint and it are walked along the hash chain: whatever the
 * database tells, the tree has the events that lead to that end, and no others. The events before are not read again.
 */
@Injectable()
export class MakeCheckpoint {
  constructor(
    private readonly database: CheckpointDatabase,
    private readonly ends: ProvenEnds,
    private readonly source: CheckpointSource,
  ) {}

  /**
   * @throws AnkaError `record-forged` if the stored tree is not the signed one, or the trail does not continue it; the errors of
   * `CheckpointSource`; `service-unavailable` for a trail that is refused
   */
  async make(context: Context): Promise<Made> {
    const { tenantId } = context;
    const end = await this.ends.of(context);
    if (typeof end === 'string') return { standing: end === 'empty' ? 'current' : end };
    return withTenant(this.database.dataSource, tenantId, async (manager) => {
      if (!(await takeTurn(manager, tenantId))) return { standing: 'busy' };
      const tree = await loadTree(manager, tenantId);
      if (tree.edge.size >= end.seq) return { standing: 'current' };
      return this.signGrown(manager, context, tree, end);
    });
  }

  private async signGrown(manager: EntityManager, context: Context, tree: StoredTree, end: ToldEnd): Promise<Made> {
    const { tenantId } = context;
    const { last, edge } = tree;
    const standing = await grow(manager, context, tree, end);
    if (standing !== 'proven') return { standing };
    const { size, root } = edge;
    const tiles = edge.takeGrown();
    const proof = last && (await continuation(manager, tenantId, last, size, tiles));
    const note = await this.source.sign(context, { size, root }, before(last, proof));
    const isStored = await storeCheckpoint(manager, tenantId, last?.size ?? 0, { size, root, note }, tiles);
    return isStored ? { standing: 'signed', size } : { standing: 'busy' };
  }
}

const before = (last: StoredCheckpoint | undefined, proof: readonly Buffer[] | undefined) =>
  last === undefined || proof === undefined
    ? null
    : { note: last.note, proof: proof.map((hash) => hash.toString('base64')) };

/** Appends the hashes of the events up to a proven end, which they must lead to. */
const grow = async (
  manager: EntityManager,
  { tenantId, deadline }: Context,
  { edge, lastLeaf }: StoredTree,
  end: ToldEnd,
): Promise<'proven' | 'pending'> => {
  const read: ReadSlice = async (start, untilSeq) => {
    const rows = await selectSlice(manager, tenantId, start, untilSeq);
    for (const { hash } of rows) edge.append(hash);
    return rows;
  };
  const start = startAfter({ seq: edge.size, hash: lastLeaf ?? genesisHash(tenantId) });
  const { standing } = await walkChain(tenantId, start, end, read, () => monotonicNow() < deadline);
  if (standing !== 'broken') return standing;
  throw new AnkaError(
    'record-forged',
    `The events of ankadb_audit after event ${start.seq - 1}, which the last checkpoint has, do not lead to event ${end.seq}, the end of the trail.`,
  );
};
