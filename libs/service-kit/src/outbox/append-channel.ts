import { type Context, newId, platformTenantId } from '@ankasecure/contracts';
import type { BusClient } from '../nats/client.js';
import type { RawReply } from '../nats/connection.js';

/** Bytes of the largest bus message that are reserved for the head. */
const headBytes = 4096;

/** Sends events to the audit service, on the subject of the service and partition that report them. */
export class AppendChannel {
  private giveUp: (reason: Error) => void = () => undefined;

  /** @param timeoutMs time limit of one append, in milliseconds */
  constructor(
    private readonly bus: Pick<BusClient, 'maxPayload' | 'requestRaw'>,
    private readonly subject: string,
    private readonly principal: string,
    readonly timeoutMs: number,
  ) {}

  /** Size limit of one append, in bytes. */
  get limit(): number {
    return this.bus.maxPayload - headBytes;
  }

  readonly ask = (body: Buffer): Promise<RawReply> =>
    new Promise((resolve, reject) => {
      this.giveUp = reject;
      this.bus.requestRaw(this.subject, this.context(), body).then(resolve, reject);
    });

  /** Ends the request under way, if any, without its answer. */
  abandon(): void {
    this.giveUp(new Error('stopping'));
  }

  private context(): Context {
    return {
      tenantId: platformTenantId,
      principal: this.principal,
      correlationId: newId(),
      deadline: Date.now() + this.timeoutMs,
    };
  }
}
