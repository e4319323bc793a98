import { AnkaError, type Context, failureOf, type ReplyHead } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { asAnkaError } from '../failure/as-anka-error.js';
import { Logger } from '../logging/logger.js';
import { type Answer, noDryRun } from './answer.js';
import type { RawReply } from './connection.js';
import { parseJson, validate } from './frame.js';
import type { HandlerExtras } from './message-pattern.js';
import { valueOf } from './server.js';
import { busTransport } from './transport.js';

/**
 * Serves the contracts of controllers to callers in the same process. Nothing travels over the bus. It validates requests,
 * refuses dry runs and answers errors exactly as `BusServer` does.
 */
@Injectable()
export class InProcessServer extends Server implements CustomTransportStrategy {
  override readonly transportId = busTransport;

  constructor(private readonly log: Logger) {
    super();
  }

  override listen(callback: (error?: unknown) => void): void {
    callback();
  }

  override close(): void {}

  override on(): never {
    throw new Error('a server in the same process has no events');
  }

  override unwrap(): never {
    throw new Error('a server in the same process has no connection');
  }

  /** Answers the contract of `subject`. A failure is a reply with `ok: false`. */
  async requestRaw(subject: string, context: Context, bytes: Uint8Array): Promise<RawReply> {
    try {
      const handler = this.messageHandlers.get(subject);
      if (handler === undefined) throw new AnkaError('internal-error');
      const { body, ...head } = await this.answer(handler, context, Buffer.from(bytes));
      return { head: { ok: true, ...head }, body: Buffer.from(JSON.stringify(body)) };
    } catch (error) {
      return { head: this.failed(error, subject), body: Buffer.alloc(0) };
    }
  }

  private async answer(handler: MessageHandler, context: Context, bytes: Buffer): Promise<Answer<unknown>> {
    const { contract, answersDryRuns } = handler.extras as HandlerExtras;
    const request = validate(contract.request, parseJson(bytes));
    if (context.dryRun === true && answersDryRuns !== true) await noDryRun();
    return valueOf<Answer<unknown>>(handler(request, context));
  }

  private failed(error: unknown, subject: string): ReplyHead {
    const failed = asAnkaError(error);
    const { code, cause } = failed;
    if (cause instanceof Error) this.log.error({ subject, code, reason: cause.stack }, 'request failed');
    const head = { ok: false, error: failureOf(failed) } as const;
    return failed.revision === undefined ? head : { ...head, revision: failed.revision };
  }
}
