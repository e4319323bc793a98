import { AnkaError, type Context, type Contract, type DryRun, failureOf } from '@ankasecure/contracts';
import { type Answer, asAnkaError, type Logger, noDryRun, parseJson, validate } from '@ankasecure/service-kit';
import type { z } from 'zod';
import type { Changed } from '../identity/in-force.js';
import type { Answering } from './forward.js';

/** What the gateway answers by itself, described as what services answer is: it never travels over the bus. */
export const ownContract = <Request extends z.ZodType, Reply extends z.ZodType>(
  name: string,
  request: Request,
  reply: Reply,
): Contract<Request, Reply> => ({ owner: 'gateway', callers: [], subject: `gateway.${name}`, request, reply });

/** What is answered, and where it is a change, what the answer waits for. */
type Own<Body> = Answer<Body> & Partial<Pick<Changed<unknown>, 'settle'>>;

type Handler = (context: Context, body: Buffer) => Promise<Own<unknown>>;

/** The gateway as one of the services behind its routes, so that preconditions, idempotency and problems are the same for all. */
export class OwnService implements Answering {
  private readonly handlers = new Map<string, Handler>();

  constructor(private readonly log: Logger) {}

  /** @param rehearse answers dry runs; without it they are refused */
  serve<Request extends z.ZodType, Reply extends z.ZodType>(
    contract: Contract<Request, Reply>,
    handler: (context: Context, body: z.infer<Request>) => Promise<Own<z.infer<Reply>>>,
    rehearse: (context: Context, body: z.infer<Request>) => Promise<DryRun> = noDryRun,
  ): void {
    this.handlers.set(contract.subject, async (context, bytes) => {
      const request = validate(contract.request, parseJson(bytes));
      return context.dryRun === true ? { body: await rehearse(context, request) } : handler(context, request);
    });
  }

  async requestRaw(subject: string, context: Context, bytes: Uint8Array): ReturnType<Answering['requestRaw']> {
    const handler = this.handlers.get(subject);
    try {
      if (handler === undefined) throw new AnkaError('internal-error');
      const { body, settle, ...head } = await handler(context, Buffer.from(bytes));
      return { head: { ok: true, ...head }, body: Buffer.from(JSON.stringify(body)), ...(settle && { settle }) };
    } catch (error) {
      return { head: { ok: false, error: this.failureOf(error, subject) }, body: Buffer.alloc(0) };
    }
  }

  private failureOf(error: unknown, subject: string) {
    const failed = asAnkaError(error);
    const { code, cause } = failed;
    if (cause instanceof Error) this.log.error({ subject, code, reason: cause.stack }, 'request failed');
    return failureOf(failed);
  }
}
