import {
  appendFromGateway,
  appendFromPolicy,
  appendFromWorker,
  type Contract,
  type Reporter,
  subjectOf,
} from '@ankasecure/contracts';
import type { BusClient } from '../nats/client.js';
import type { RawReply } from '../nats/connection.js';
import { ownContext } from '../nats/own-context.js';
import type { OutboxProof } from './outbox-proof.js';

/** Bytes of the largest bus message that are reserved for the head. */
const headBytes = 4096;

/** The member of an answer, which has nothing but numbers beside it. */
const takesMacs = '"takesMacs":true';

const contracts: Readonly<Record<Reporter, Contract>> = {
  gateway: appendFromGateway,
  policy: appendFromPolicy,
  'crypto-worker': appendFromWorker,
};

/** Sends events to the audit service, on the subject of the service and partition that report them. */
export class AppendChannel {
  private giveUp: (reason: Error) => void = () => undefined;

  /** @param timeoutMs time limit of one append, in milliseconds */
  constructor(
    private readonly bus: Pick<BusClient, 'maxPayload' | 'requestRaw'>,
    private readonly proof: OutboxProof,
    readonly timeoutMs: number,
  ) {}

  /** Size limit of one append, in bytes. */
  get limit(): number {
    return this.bus.maxPayload - headBytes;
  }

  /** Asks, and learns whether the audit service takes the MACs of later events. */
  readonly ask = async (body: Buffer): Promise<RawReply> => {
    const { service, partition } = this.proof;
    const subject = subjectOf(contracts[service], partition);
    const reply = await new Promise<RawReply>((resolve, reject) => {
      this.giveUp = reject;
      this.bus.requestRaw(subject, ownContext(service, this.timeoutMs), body).then(resolve, reject);
    });
    if (reply.head.ok) this.proof.takesMacs = reply.body.includes(takesMacs);
    return reply;
  };

  /** Ends the request under way, if any, without its answer. */
  abandon(): void {
    this.giveUp(new Error('stopping'));
  }
}
