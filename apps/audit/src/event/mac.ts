import { AnkaError, type Context, computeMacs } from '@ankasecure/contracts';
import type { Bus } from '@ankasecure/service-kit';

export interface Mac {
  readonly macKeyId: string;
  /** 32 bytes. */
  readonly hmac: Buffer;
}

/** Most messages of one request: canonical bytes are below 3 KB each, and a request must fit into one bus message. */
const maxMessages = 1000;

/**
 * MACs under tenants' audit keys, which only the workers of their partition can compute.
 * All tenants live on the one configured partition; when tenants move to others, this is where it is looked up.
 */
export class MacSource {
  constructor(
    private readonly bus: Bus,
    private readonly partition: string,
  ) {}

  /**
   * MACs of the context's tenant, in the order of `canonical`.
   * @param macKeyId null for the key in use now
   * @throws AnkaError as the worker answered; `service-unavailable` or `deadline-exceeded` (retryable) when none did
   */
  async compute(context: Context, macKeyId: string | null, canonical: readonly Uint8Array[]): Promise<readonly Mac[]> {
    const macs: Mac[] = [];
    for (let start = 0; start < canonical.length; start += maxMessages) {
      const messages = canonical.slice(start, start + maxMessages).map(base64);
      const reply = await this.bus.request(computeMacs, this.partition, context, { macKeyId, messages });
      if (reply.macs.length !== messages.length || (macKeyId !== null && reply.macKeyId !== macKeyId))
        throw new AnkaError('internal-error', 'The MACs do not answer what was asked');
      for (const mac of reply.macs) macs.push({ macKeyId: reply.macKeyId, hmac: Buffer.from(mac, 'base64') });
    }
    return macs;
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
