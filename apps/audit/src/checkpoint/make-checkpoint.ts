import { setTimeout as delay } from 'node:timers/promises';
import type { ChainStart } from '@ankasecure/audit-event';
import { AnkaError, type Context, monotonicNow } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isSameEnd, type ToldEnd } from '../end/sealed-ends.js';
import { MacSource } from '../mac/mac-source.js';
import { type ReadSlice, walkChain } from '../trail/chain-walk.js';
import { selectSlice } from '../trail/trail-rows.sql.js';
import { CheckpointSource } from './checkpoint-source.js';
import { inPieces } from './paced-slice.js';
import { ProvenEnds } from './proven-end.js';
import { SignedNotes } from './signed-notes.js';
import { type StoredCheckpoint, storeCheckpoint, takeTurn } from './store/checkpoint.sql.js';
import { CheckpointDatabase } from './store/checkpoint-database.js';
import { dropWalk } from './store/walk.sql.js';
import { continuation, type StoredTree } from './stored-tree.js';
import { keepWalk, loadWalkedTree, RefusedWalk } from './walked-tree.js';

/**
 * The result for one trail. `walked`: a part of a long way to its end is done, and kept. `current`: nothing was sealed since the last
 * checkpoint. `busy`: another process makes one. `pending`: the end of the trail could not be proved now, or no event was read in time.
 */
export type Made =
  | { readonly standing: 'signed' | 'walked'; readonly size: number }
  | { readonly standing: 'current' | 'busy' | 'pending' };

/** The time for one part of a walk, in milliseconds. At least one piece of a slice is read. */
const partMs = 1_000;

/**
 * Makes checkpoints: brings the tree of a tenant up to the end of its trail and gets it signed in the HSM. The end must be one that this
 * service has sealed or proved, and the events between the last checkpoint and it are walked along the hash chain: whatever the
 * database tells, the tree has the events that lead to that end, and no others. The events before are not read again. A long way is
 * walked in parts, each of which is kept.
 */
@Injectable()
export class MakeCheckpoint {
  constructor(
    private readonly database: CheckpointDatabase,
    private readonly ends: ProvenEnds,
    private readonly macs: MacSource,
    private readonly source: CheckpointSource,
    private readonly notes: SignedNotes,
  ) {}

  /**
   * Makes a checkpoint of the trail, or walks a part of the way to it.
   * @param ms the time of the part, in milliseconds
   * @throws AnkaError `record-forged` if the stored tree is not the signed one, or the trail does not continue it; the errors of
   * `CheckpointSource` and `MacSource`; `service-unavailable` for a trail that is refused
   */
  async make(context: Context, ms = partMs): Promise<Made> {
    const { tenantId } = context;
    const { dataSource } = this.database;
    const end = await this.ends.of(context);
    if (typeof end === 'string') return { standing: end === 'empty' ? 'current' : end };
    try {
      return await withTenant(dataSource, tenantId, async (manager) => {
        if (!(await takeTurn(manager, tenantId))) return { standing: 'busy' };
        const tree = await loadWalkedTree(manager, context, this.macs);
        if ((tree.last?.size ?? 0) >= end.seq) return { standing: 'current' };
        return this.goOn(manager, context, tree, end, ms);
      });
    } catch (error) {
      if (error instanceof RefusedWalk)
        await withTenant(dataSource, tenantId, (manager) => dropWalk(manager, tenantId));
      throw error;
    }
  }

  private async goOn(
    manager: EntityManager,
    context: Context,
    tree: StoredTree,
    end: ToldEnd,
    ms: number,
  ): Promise<Made> {
    const { edge, at: start } = tree;
    const walked = await walk(manager, context.tenantId, tree, end, ms);
    if (walked.standing === 'broken') throw broken(tree, end);
    if (!('at' in walked)) return this.signGrown(manager, context, tree);
    if (walked.at.seq === start.seq) return { standing: 'pending' };
    const isKept = await keepWalk(manager, context, this.macs, edge, walked.at);
    return isKept ? { standing: 'walked', size: edge.size } : { standing: 'busy' };
  }

  private async signGrown(manager: EntityManager, context: Context, { last, edge }: StoredTree): Promise<Made> {
    const { tenantId } = context;
    const { size, root } = edge;
    const tiles = edge.takeGrown();
    const proof = last && (await continuation(manager, tenantId, last, size, tiles));
    const note = await this.source.sign(context, { size, root }, before(last, proof));
    await this.notes.verifying(context, async (assertSigned) => assertSigned({ size, note }));
    const isStored = await storeCheckpoint(manager, tenantId, last?.size ?? 0, { size, root, note }, tiles);
    return isStored ? { standing: 'signed', size } : { standing: 'busy' };
  }
}

const before = (last: StoredCheckpoint | undefined, proof: readonly Buffer[] | undefined) =>
  last === undefined || proof === undefined
    ? null
    : { note: last.note, proof: proof.map((hash) => hash.toString('base64')) };

/** `pending`: there is more to walk, from `at` on. */
type Way = { readonly standing: 'proven' | 'broken' } | { readonly standing: 'pending'; readonly at: ChainStart };

/** Appends the hashes of the events up to a proven end, which they must lead to, or as many as the time allows. */
const walk = async (
  manager: EntityManager,
  tenantId: string,
  { edge, at }: StoredTree,
  end: ToldEnd,
  ms: number,
): Promise<Way> => {
  // An operator may have accepted an older trail, which ends before the walk, or where it stands.
  if (at.seq > end.seq)
    return { standing: isSameEnd({ seq: at.seq - 1, hash: Buffer.from(at.previousHash) }, end) ? 'proven' : 'broken' };
  const until = monotonicNow() + ms;
  const read: ReadSlice = inPieces((start, untilSeq) => selectSlice(manager, tenantId, start, untilSeq), delay);
  const append: ReadSlice = async (start, untilSeq) => {
    const rows = await read(start, untilSeq);
    for (const { hash } of rows) edge.append(hash);
    return rows;
  };
  let isFirst = true;
  const mayRead = (): boolean => {
    const may = isFirst || monotonicNow() < until;
    isFirst = false;
    return may;
  };
  return walkChain(tenantId, at, end, append, mayRead);
};

const broken = ({ at, isWalked }: StoredTree, end: ToldEnd): AnkaError => {
  const seq = at.seq - 1;
  const what = `do not lead to event ${end.seq}, the end of the trail.`;
  return isWalked
    ? new RefusedWalk(seq, `The events after it ${what}`)
    : new AnkaError(
        'record-forged',
        `The events of ankadb_audit after event ${seq}, which the last checkpoint has, ${what}`,
      );
};
