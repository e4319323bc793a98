import { formatTlogProof, tilePath, tileWidth, widthAt } from '@ankasecure/audit-event';
import {
  AnkaError,
  type Context,
  type getCheckpointKeys,
  type getTile,
  type ListedCheckpoint,
  type listCheckpoints,
  type proveConsistency,
  type proveInclusion,
} from '@ankasecure/contracts';
import { CursorSeal } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { TrailReader } from '../trail/trail-reader.js';
import { CheckpointSource } from './checkpoint-source.js';
import { lastOf } from './last-of-key.js';
import { ProvenTree } from './proven-tree.js';
import { type AssertSigned, SignedNotes } from './signed-notes.js';
import { type StoredCheckpoint, selectCheckpoint, selectCheckpoints, selectTiles } from './store/checkpoint.sql.js';
import { assertAgrees } from './stored-tree.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const listed = ({ size, root, note, signedAt }: StoredCheckpoint): ListedCheckpoint => ({
  size,
  root: base64(root),
  note,
  signedAt: signedAt.toISOString(),
});

/** Reads the checkpoints of a tenant's trail, and proves what its tree has. */
@Injectable()
export class ReadTree {
  constructor(
    private readonly reader: TrailReader,
    private readonly cursors: CursorSeal,
    private readonly source: CheckpointSource,
    private readonly notes: SignedNotes,
  ) {}

  /** @throws AnkaError `cursor-invalid`; `record-forged` for one that the HSM has not signed */
  async list(
    context: Context,
    { limit, cursor }: z.infer<typeof listCheckpoints.request>,
  ): Promise<z.infer<typeof listCheckpoints.reply>> {
    const { tenantId } = context;
    const scope = { tenantId, listing: 'checkpoints', filter: {} };
    const before = cursor === undefined ? undefined : Number(this.cursors.open(scope, cursor));
    const found = await this.verified(context, async (manager, assertSigned) => {
      const checkpoints = await selectCheckpoints(manager, tenantId, { before, limit: limit + 1 });
      for (const one of checkpoints.slice(0, limit)) assertSound(one, assertSigned);
      return checkpoints;
    });
    const last = found.length > limit ? found[limit - 1] : undefined;
    const next = last === undefined ? null : this.cursors.seal(scope, String(last.size));
    return { items: found.slice(0, limit).map(listed), next };
  }

  /** @throws AnkaError `checkpoint-not-found`; `record-forged` */
  async latest(context: Context): Promise<ListedCheckpoint> {
    return listed(await this.withTree(context, (tree) => Promise.resolve(tree.last)));
  }

  /** @throws AnkaError if no worker answers */
  async keys(context: Context): Promise<z.infer<typeof getCheckpointKeys.reply>> {
    const { tenantId } = context;
    const { origin, keys } = await this.source.keys(context);
    return this.verified(context, async (manager, assertSigned) => {
      const withSizes = [];
      for (const key of keys) {
        const last = await lastOf(manager, tenantId, key, keys);
        if (last !== undefined) assertSound(last, assertSigned);
        withSizes.push({ ...key, lastSize: last?.size ?? null });
      }
      return { origin, keys: withSizes };
    });
  }

  /** @throws AnkaError as `ProvenTree.inclusion` */
  proveInclusion(
    context: Context,
    { seq, size }: z.infer<typeof proveInclusion.request>,
  ): Promise<z.infer<typeof proveInclusion.reply>> {
    return this.withTree(context, async (tree, manager, assertSigned) => {
      const { head, leaf, proof } = await tree.inclusion(seq, size);
      const stored = await selectCheckpoint(manager, context.tenantId, head.size);
      const isSame = stored !== undefined && base64(stored.root) === base64(head.root);
      if (isSame) assertSound(stored, assertSigned);
      const tlogProof = isSame ? formatTlogProof({ index: seq - 1, proof, checkpoint: stored.note }) : null;
      const hashes = { root: base64(head.root), leafHash: base64(leaf), proof: proof.map(base64) };
      return { seq, size: head.size, ...hashes, tlogProof };
    });
  }

  /** @throws AnkaError as `ProvenTree.consistency` */
  proveConsistency(
    context: Context,
    request: z.infer<typeof proveConsistency.request>,
  ): Promise<z.infer<typeof proveConsistency.reply>> {
    return this.withTree(context, async (tree) => {
      const { from, to, proof } = await tree.consistency(request.from, request.to);
      const roots = { fromRoot: base64(from.root), toRoot: base64(to.root) };
      return { from: from.size, to: to.size, ...roots, proof: proof.map(base64) };
    });
  }

  /** Its hashes are proved by whoever fetches them, against a checkpoint. @throws AnkaError `tile-not-found` */
  tile(
    context: Context,
    { level, index, width }: z.infer<typeof getTile.request>,
  ): Promise<z.infer<typeof getTile.reply>> {
    return this.withTree(context, async ({ last }, manager) => {
      const most = widthAt({ level, index }, last.size);
      const wanted = width ?? Math.min(most, tileWidth);
      if (wanted < 1 || wanted > most)
        throw new AnkaError('tile-not-found', `The tree of ${last.size} events does not have these hashes.`);
      const name = { level, index, width: wanted };
      const read = await selectTiles(manager, context.tenantId, [name]);
      return { path: tilePath(name), width: wanted, hashes: base64(read(name)) };
    });
  }

  private withTree<Value>(
    context: Context,
    work: (tree: ProvenTree, manager: EntityManager, assertSigned: AssertSigned) => Promise<Value>,
  ): Promise<Value> {
    return this.verified(context, async (manager, assertSigned) => {
      const tree = await ProvenTree.open(manager, context.tenantId);
      assertSigned(tree.last);
      return work(tree, manager, assertSigned);
    });
  }

  private verified<Value>(
    context: Context,
    work: (manager: EntityManager, assertSigned: AssertSigned) => Promise<Value>,
  ): Promise<Value> {
    const { tenantId } = context;
    return this.notes.verifying(context, (assertSigned) =>
      this.reader.read('query', tenantId, (manager) => work(manager, assertSigned)),
    );
  }
}

/** Refuses a checkpoint whose columns say something else than its text, or that the HSM has not signed. */
const assertSound = (checkpoint: StoredCheckpoint, assertSigned: AssertSigned): void => {
  assertAgrees(checkpoint);
  assertSigned(checkpoint);
};
