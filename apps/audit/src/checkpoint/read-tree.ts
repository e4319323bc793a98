import {
  formatTlogProof,
  keyIdOf,
  parseNote,
  parseVerifierKey,
  tilePath,
  tileWidth,
  widthAt,
} from '@ankasecure/audit-event';
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
import { ProvenTree } from './proven-tree.js';
import { type StoredCheckpoint, selectCheckpoint, selectCheckpoints, selectTiles } from './store/checkpoint.sql.js';

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
  ) {}

  /** @throws AnkaError `cursor-invalid` */
  async list(
    { tenantId }: Context,
    { limit, cursor }: z.infer<typeof listCheckpoints.request>,
  ): Promise<z.infer<typeof listCheckpoints.reply>> {
    const scope = { tenantId, listing: 'checkpoints', filter: {} };
    const before = cursor === undefined ? undefined : Number(this.cursors.open(scope, cursor));
    const found = await this.reader.read('query', tenantId, (manager) =>
      selectCheckpoints(manager, tenantId, { before, limit: limit + 1 }),
    );
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
    return this.reader.read('query', tenantId, async (manager) => {
      const withSizes = [];
      for (const key of keys)
        withSizes.push({ ...key, lastSize: await lastSizeOf(manager, tenantId, key.verifierKey) });
      return { origin, keys: withSizes };
    });
  }

  /** @throws AnkaError as `ProvenTree.inclusion` */
  proveInclusion(
    context: Context,
    { seq, size }: z.infer<typeof proveInclusion.request>,
  ): Promise<z.infer<typeof proveInclusion.reply>> {
    return this.withTree(context, async (tree, manager) => {
      const { head, leaf, proof } = await tree.inclusion(seq, size);
      const stored = await selectCheckpoint(manager, context.tenantId, head.size);
      const isSame = stored !== undefined && base64(stored.root) === base64(head.root);
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
    { tenantId }: Context,
    work: (tree: ProvenTree, manager: EntityManager) => Promise<Value>,
  ): Promise<Value> {
    return this.reader.read('query', tenantId, async (manager) =>
      work(await ProvenTree.open(manager, tenantId), manager),
    );
  }
}

/** Checkpoints that are read at once to find the last one of a key. */
const pageSize = 200;

/** The size of the last checkpoint that a key has signed. */
const lastSizeOf = async (manager: EntityManager, tenantId: string, verifierKey: string): Promise<number | null> => {
  const keyId = keyIdOf(parseVerifierKey(verifierKey));
  for (let before: number | undefined; ; ) {
    const found = await selectCheckpoints(manager, tenantId, { before, limit: pageSize });
    const own = found.find(({ note }) => parseNote(note).signatures.some((one) => keyId.equals(one.keyId)));
    if (own !== undefined) return own.size;
    if (found.length < pageSize) return null;
    before = found.at(-1)?.size;
  }
};
