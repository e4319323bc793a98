import { AnkaError, type Context, computeMacs } from '@ankasecure/contracts';
import type { Bus } from '@ankasecure/service-kit';
import type { z } from 'zod';

type Request = z.infer<typeof computeMacs.request>;
type Reply = z.infer<typeof computeMacs.reply>;

export interface Mac {
  readonly macKeyId: string;
  /** 32 bytes. */
  readonly hmac: Buffer;
}

/** Most messages of one request: they are below 3 KB each, and a request must fit into one bus message. */
const maxMessages = 1000;
/**
 * How long one worker is waited for, in milliseconds: one that died with the request in hand never answers. Where the HSM
 * makes each MAC itself, a full request takes its time.
 */
const attemptMs = { request: 2000, message: 2 };
/** The worker that is asked again is, as a rule, another one. */
const attempts = 2;

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
   * MACs of the context's tenant, in the order of `messages`.
   * @param macKeyId null for the key in use now
   * @throws AnkaError as the worker answered; `service-unavailable` or `deadline-exceeded` (retryable) when none did
   */
  async compute(context: Context, macKeyId: string | null, messages: readonly Uint8Array[]): Promise<readonly Mac[]> {
    const macs: Mac[] = [];
    for (let start = 0; start < messages.length; start += maxMessages) {
      const some = messages.slice(start, start + maxMessages).map(base64);
      const reply = await this.ask(context, { macKeyId, messages: some });
      if (reply.macs.length !== some.length || (macKeyId !== null && reply.macKeyId !== macKeyId))
        throw new AnkaError('internal-error', 'The MACs do not answer what was asked');
      for (const mac of reply.macs) macs.push({ macKeyId: reply.macKeyId, hmac: Buffer.from(mac, 'base64') });
    }
    return macs;
  }

  /** One MAC under a key that is known. @throws AnkaError as `compute` does */
  async computeOne(context: Context, macKeyId: string, message: Uint8Array): Promise<Buffer> {
    const [mac] = await this.compute(context, macKeyId, [message]);
    if (mac === undefined) throw new Error('a MAC less than messages');
    return mac.hmac;
  }

  private async ask(context: Context, request: Request, attempt = 1): Promise<Reply> {
    const patience = attemptMs.request + attemptMs.message * request.messages.length;
    const deadline = Math.min(context.deadline, Date.now() + patience);
    try {
      return await this.bus.request(computeMacs, this.partition, { ...context, deadline }, request);
    } catch (error) {
      const unanswered = error instanceof AnkaError && error.code === 'deadline-exceeded';
      if (!unanswered || attempt === attempts || Date.now() >= context.deadline) throw error;
      return this.ask(context, request, attempt + 1);
    }
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
