import { AnkaError, type Context, computeMacs, getTenant } from '@ankasecure/contracts';
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
 * The configured partition is asked first, for most tenants live there and need nobody to say so: its workers know a tenant
 * that does not. Where that one lives policy says, once, for a tenant never moves.
 */
export class MacSource {
  private readonly elsewhere = new Map<string, string>();

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

  /** Remembers where the tenant lives. @returns false when that is where it was looked for */
  private async isElsewhere(context: Context, asked: string): Promise<boolean> {
    const { partition } = await this.bus.request(getTenant, '', context, {});
    if (partition === asked) return false;
    this.elsewhere.set(context.tenantId, partition);
    return true;
  }

  private async ask(context: Context, request: Request, attempt = 1): Promise<Reply> {
    const patience = attemptMs.request + attemptMs.message * request.messages.length;
    const deadline = Math.min(context.deadline, Date.now() + patience);
    const partition = this.elsewhere.get(context.tenantId) ?? this.partition;
    try {
      return await this.bus.request(computeMacs, partition, { ...context, deadline }, request);
    } catch (error) {
      if (error instanceof AnkaError && error.code === 'tenant-unknown' && (await this.isElsewhere(context, partition)))
        return this.ask(context, request, attempt);
      const unanswered = error instanceof AnkaError && error.code === 'deadline-exceeded';
      if (!unanswered || attempt === attempts || Date.now() >= context.deadline) throw error;
      return this.ask(context, request, attempt + 1);
    }
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
