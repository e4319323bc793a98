import {
  type Context,
  openGatewayOutbox,
  openPolicyOutbox,
  type Reporter,
  readOutboxKeys,
} from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { Partition } from '../custody/partition.js';
import { NeedsToken } from '../group/needs-token.js';
import { RecordMacs } from './record-macs.js';

type OpenRequest = z.infer<typeof openGatewayOutbox.request>;
type OpenReply = z.infer<typeof openGatewayOutbox.reply>;
type KeysRequest = z.infer<typeof readOutboxKeys.request>;
type KeysReply = z.infer<typeof readOutboxKeys.reply>;

/**
 * Derives the keys under which processes prove their audit events: for a process of a service without a token, whose service the
 * subject names, and for the audit service, which checks the proofs.
 */
@Controller()
export class OutboxController {
  constructor(
    private readonly macs: RecordMacs,
    private readonly partition: Partition,
  ) {}

  @NeedsToken()
  @MessagePattern(openGatewayOutbox)
  openGateway(_: Context, request: OpenRequest): Promise<Answer<OpenReply>> {
    return this.open('gateway', request);
  }

  @NeedsToken()
  @MessagePattern(openPolicyOutbox)
  openPolicy(_: Context, request: OpenRequest): Promise<Answer<OpenReply>> {
    return this.open('policy', request);
  }

  @NeedsToken()
  @MessagePattern(readOutboxKeys)
  async readKeys(_: Context, { reporter, processes }: KeysRequest): Promise<Answer<KeysReply>> {
    return { body: { keys: await Promise.all(processes.map((process) => this.keyOf(reporter, process))) } };
  }

  private async open(reporter: Reporter, { process }: OpenRequest): Promise<Answer<OpenReply>> {
    return { body: { key: await this.keyOf(reporter, process) } };
  }

  /** A worker speaks for its partition; the other services have processes that serve all of them. */
  private async keyOf(service: Reporter, process: string): Promise<string> {
    const partition = service === 'crypto-worker' ? this.partition.name : null;
    return (await this.macs.outboxKey({ service, partition, process })).toString('base64url');
  }
}
