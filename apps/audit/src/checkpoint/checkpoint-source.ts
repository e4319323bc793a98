import { type Checkpoint, parseCheckpoint, parseNote } from '@ankasecure/audit-event';
import { AnkaError, type Context, listCheckpointKeys, signCheckpoint } from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { MacConfig } from '../mac/mac.config.js';
import { TenantPartitions } from '../reporter/tenant-partition.js';

type Request = z.infer<typeof signCheckpoint.request>;
export type ListedKeys = z.infer<typeof listCheckpointKeys.reply>;

/** Gets checkpoints signed by the workers of a tenant's partition, and asks them for the keys. */
@Injectable()
export class CheckpointSource {
  constructor(
    private readonly bus: BusClient,
    private readonly config: MacConfig,
    private readonly partitions: TenantPartitions,
  ) {}

  /**
   * Gets a tree signed.
   * @returns the signed note, whose text is that of the tree
   * @throws AnkaError as the worker answered; retryable if none did
   */
  async sign(context: Context, { size, root }: Omit<Checkpoint, 'origin'>, before: Request['before']): Promise<string> {
    const request = { size, root: Buffer.from(root).toString('base64'), before };
    const { note } = await this.ask(context, (partition) =>
      this.bus.request(signCheckpoint, partition, context, request),
    );
    const signed = parseCheckpoint(parseNote(note).text);
    if (signed.size !== size || Buffer.compare(signed.root, root) !== 0)
      throw new AnkaError('internal-error', 'The signed checkpoint is not that of the tree');
    return note;
  }

  /** The keys that the tenant's checkpoints verify under. */
  keys(context: Context): Promise<ListedKeys> {
    return this.ask(context, (partition) => this.bus.request(listCheckpointKeys, partition, context, {}));
  }

  private async ask<Reply>(context: Context, request: (partition: string) => Promise<Reply>): Promise<Reply> {
    const partition = this.partitions.lastKnown(context.tenantId) ?? this.config.partition;
    try {
      return await request(partition);
    } catch (error) {
      if (!(error instanceof AnkaError && error.code === 'tenant-unknown')) throw error;
      const found = await this.partitions.find(context);
      if (found === partition) throw error;
      return request(found);
    }
  }
}
