import { AnkaError, type Context, type Contract, type DryRun } from '@ankasecure/contracts';
import {
  type Answer,
  asAnkaError,
  type Bus,
  type Logger,
  noDryRun,
  parseJson,
  type RawReply,
  validate,
} from '@ankasecure/service-kit';
import type { z } from 'zod';

/** What the gateway answers by itself, described as what services answer is: it never travels over the bus. */
export const ownContract = <Request extends z.ZodType, Reply extends z.ZodType>(
  name: string,
  request: Request,
  reply: Reply,
): Contract<Request, Reply> => ({ owner: 'gateway', callers: [], subject: `gateway.${name}`, request, reply });

type Handler = (context: Context, body: Buffer) => Promise<Answer<unknown>>;

/** The gateway as one of the services behind its routes, so that preconditions, idempotency and problems are the same for all. */
export class OwnService implements Pick<Bus, 'requestRaw'> {
  private readonly handlers = new Map<string, Handler>();

  constructor(private readonly log: Logger) {}

  /** @param rehearse answers dry runs; without it they are refused */
  serve<Request extends z.ZodType, Reply extends z.ZodType>(
    contract: Contract<Request, Reply>,
    handler: (context: Context, body: z.infer<Request>) => Promise<Answer<z.infer<Reply>>>,
    rehearse: (context: Context, body: z.infer<Request>) => Promise<DryRun> = noDryRun,
  ): void {
    this.handlers.set(contract.subject, async (context, bytes) => {
      const request = validate(contract.request, parseJson(bytes));
      return context.dryRun === true ? { body: await rehearse(context, request) } : handler(context, request);
    });
  }

  async requestRaw(subject: string, context: Context, bytes: Uint8Array): Promise<RawReply> {
    const handler = this.handlers.get(subject);
    try {
      if (handler === undefined) throw new AnkaError('internal-error');
      const { body, ...head } = await handler(context, Buffer.from(bytes));
      return { head: { ok: true, ...head }, body: Buffer.from(JSON.stringify(body)) };
    } catch (error) {
      return { head: { ok: false, error: this.failureOf(error, subject) }, body: Buffer.alloc(0) };
    }
  }

  private failureOf(error: unknown, subject: string) {
    const { code, retryable, detail, cause } = asAnkaError(error);
    if (cause instanceof Error) this.log.error({ subject, code, reason: cause.stack }, 'request failed');
    return { code, retryable, detail };
  }
}
