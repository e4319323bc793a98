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

/** Bytes of the largest bus message that are reserved for the head. */
const headBytes = 4096;

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
    private readonly reporter: Reporter,
    private readonly partition: string,
    readonly timeoutMs: number,
  ) {}

  /** Size limit of one append, in bytes. */
  get limit(): number {
    return this.bus.maxPayload - headBytes;
  }

  readonly ask = (body: Buffer): Promise<RawReply> =>
    new Promise((resolve, reject) => {
      this.giveUp = reject;
      this.bus
        .requestRaw(
          subjectOf(contracts[this.reporter], this.partition),
          ownContext(this.reporter, this.timeoutMs),
          body,
        )
        .then(resolve, reject);
    });

  /** Ends the request under way, if any, without its answer. */
  abandon(): void {
    this.giveUp(new Error('stopping'));
  }
}
