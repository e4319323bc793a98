import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, failureOf, HsmMeter, type ReplyHead, ServedSubject } from '@ankasecure/contracts';
import type { Msg } from '@nats-io/transport-node';
import { asAnkaError } from '../failure/as-anka-error.js';
import { inSpan, withParent } from '../telemetry/trace.js';
import type { RawHandler } from './answer.js';
import type { BusConnection } from './connection.js';
import { decodeRequest, encodeFrame } from './frame.js';

/** Replaces a reply above the server's max_payload. */
const unsendable: ReplyHead = {
  ok: false,
  error: {
    code: 'body-too-large',
    retryable: false,
    detail: 'The answer would be too large. Send fewer or smaller items.',
  },
};

/** Answers messages with the result or the error of a handler, and counts the messages in flight. */
export class Responder {
  private inFlight = 0;

  constructor(private readonly connection: BusConnection) {}

  /**
   * Answers a message. The server drops messages above its max_payload, and the caller would wait until its deadline. A
   * reply that does not fit is therefore answered with `body-too-large`. The handler's outcome stays committed; only its
   * report fails.
   */
  async answer(message: Msg, handler: RawHandler): Promise<void> {
    const { log, maxPayload } = this.connection;
    this.inFlight++;
    try {
      const frame = await this.reply(message, handler);
      const fits = frame.length <= maxPayload;
      if (!fits) log.warn({ subject: message.subject, bytes: frame.length }, 'the reply is too large for the bus');
      message.respond(fits ? frame : encodeFrame(unsendable));
    } catch (error) {
      log.error({ subject: message.subject, reason: (error as Error).message }, 'cannot send a reply');
    } finally {
      this.inFlight--;
    }
  }

  /** Resolves when no message is in flight, or at `end` (milliseconds since the epoch). */
  async idle(end: number): Promise<void> {
    while (this.inFlight > 0 && Date.now() < end) await delay(10);
  }

  private async reply(message: Msg, handler: RawHandler): Promise<Buffer> {
    let correlationId: string | undefined;
    try {
      const { context: decoded, body } = decodeRequest(message.data);
      // The decoded context is this request's own, so it takes both without another copy.
      const context = Object.assign(decoded, { hsm: new HsmMeter(), served: new ServedSubject(message.subject) });
      correlationId = context.correlationId;
      if (context.deadline <= Date.now()) throw new AnkaError('deadline-exceeded');
      const answer = await withParent(context.traceparent, () =>
        inSpan(`serve ${message.subject}`, 'server', () => handler(context, body)),
      );
      return encodeFrame(answer.head, answer.body);
    } catch (error) {
      const { revision } = asAnkaError(error);
      const failed = { ok: false, error: this.failureOf(error, { subject: message.subject, correlationId }) } as const;
      return encodeFrame(revision === undefined ? failed : { ...failed, revision });
    }
  }

  private failureOf(error: unknown, about: { subject: string; correlationId: string | undefined }) {
    const failed = asAnkaError(error);
    const { code, cause } = failed;
    if (code === 'internal-error' || code === 'service-unavailable')
      this.connection.log.error({ ...about, code, reason: ((cause ?? error) as Error).stack }, 'request failed');
    return failureOf(failed);
  }
}
