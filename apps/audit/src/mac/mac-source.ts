import type { EventMac } from '@ankasecure/audit-event';
import { AnkaError, type Context, computeMacs, monotonicNow } from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { TenantPartitions } from '../reporter/tenant-partition.js';
import { MacConfig } from './mac.config.js';
import type { ComputeMac, ComputeMacs } from './stored-mac.js';

type Request = z.infer<typeof computeMacs.request>;
type Reply = z.infer<typeof computeMacs.reply>;

/** The maximum number of messages in a request. Each is below 3 KB, and a request must fit into one bus message. */
const maxMessages = 1000;
/**
 * The longest wait for one worker, in milliseconds, for the request and for each message in it. A worker that died with the
 * request never answers. If the HSM makes each MAC itself, a full request takes some seconds.
 */
const attemptMs = { request: 2000, message: 2 };
/** The second attempt reaches, as a rule, another worker. */
const attempts = 2;

/**
 * Gets MACs under tenants' audit keys, which only the workers of the tenant's partition can compute. The configured partition
 * is asked first, because most tenants live there. If its workers do not know a tenant, the policy service names the
 * partition.
 */
@Injectable()
export class MacSource {
  constructor(
    private readonly bus: BusClient,
    private readonly config: MacConfig,
    private readonly partitions: TenantPartitions,
  ) {}

  /**
   * Gets MACs of the context's tenant, in the order of `messages`.
   * @param macKeyId null for the current key
   * @throws AnkaError as the worker answered; `service-unavailable` or `deadline-exceeded` (retryable) when none did
   */
  async compute(
    context: Context,
    macKeyId: string | null,
    messages: readonly Uint8Array[],
  ): Promise<readonly EventMac[]> {
    const macs: EventMac[] = [];
    for (let start = 0; start < messages.length; start += maxMessages) {
      const some = messages.slice(start, start + maxMessages).map(base64);
      const reply = await this.ask(context, { macKeyId, messages: some });
      if (reply.macs.length !== some.length || (macKeyId !== null && reply.macKeyId !== macKeyId))
        throw new AnkaError('internal-error', 'The MACs do not match the request');
      for (const mac of reply.macs) macs.push({ macKeyId: reply.macKeyId, hmac: Buffer.from(mac, 'base64') });
    }
    return macs;
  }

  /** Gets one MAC under a known key. @throws AnkaError as `compute` does */
  async computeOne(context: Context, macKeyId: string, message: Uint8Array): Promise<Buffer> {
    const [mac] = await this.compute(context, macKeyId, [message]);
    if (mac === undefined) throw new Error('fewer MACs than messages');
    return mac.hmac;
  }

  /** As `computeOne`, for one context. */
  under(context: Context): ComputeMac {
    return (macKeyId, message) => this.computeOne(context, macKeyId, message);
  }

  /** As `compute` under a known key, for one context. */
  allUnder(context: Context): ComputeMacs {
    return async (macKeyId, messages) => (await this.compute(context, macKeyId, messages)).map(({ hmac }) => hmac);
  }

  /** The partition whose workers are asked for the tenant's MACs. */
  partitionOf(tenantId: string): string {
    return this.partitions.lastKnown(tenantId) ?? this.config.partition;
  }

  private async ask(context: Context, request: Request, attempt = 1): Promise<Reply> {
    const patience = attemptMs.request + attemptMs.message * request.messages.length;
    const deadline = Math.min(context.deadline, monotonicNow() + patience);
    const partition = this.partitionOf(context.tenantId);
    try {
      return await this.bus.request(computeMacs, partition, { ...context, deadline }, request);
    } catch (error) {
      if (
        error instanceof AnkaError &&
        error.code === 'tenant-unknown' &&
        (await this.partitions.find(context)) !== partition
      )
        return this.ask(context, request, attempt);
      const unanswered = error instanceof AnkaError && error.code === 'deadline-exceeded';
      if (!unanswered || attempt === attempts || monotonicNow() >= context.deadline) throw error;
      return this.ask(context, request, attempt + 1);
    }
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
