import { setTimeout as delay } from 'node:timers/promises';
import {
  AnkaError,
  failureOf,
  HsmMeter,
  monotonicNow,
  type ReplyHead,
  ServedSubject,
  services,
  sharedSubject,
} from '@ankasecure/contracts';
import type { Msg } from '@nats-io/transport-node';
import { asAnkaError } from '../failure/as-anka-error.js';
import { isElsewhere } from '../failure/elsewhere.js';
import { QuietPeriod } from '../memory/quiet-period.js';
import { processSpan } from '../telemetry/bus-span.js';
import { inSpan, withParent } from '../telemetry/trace.js';
import type { RawHandler } from './answer.js';
import type { BusConnection } from './connection.js';
import { decodeRequest, encodeFrame, type Received } from './frame.js';
import { AtWork } from './in-flight/at-work.js';
import { mostWaitedMs } from './in-flight/liveness.js';
import { notBegun } from './in-flight/not-begun.js';
import { Transits } from './transit.js';

/** Replaces a reply above the server's max_payload. */
const unsendable: ReplyHead = {
  ok: false,
  error: {
    code: 'body-too-large',
    retryable: false,
    detail: 'The answer would be too large. Send fewer or smaller items.',
  },
};

const empty = new Uint8Array();

/** More bytes than the head of any reply has. */
const headRoom = 4_096;

/** How often the log has the same failure of requests that services repeat by themselves, in milliseconds, and how many it tells apart. */
const repeated = { everyMs: 60_000, capacity: 1_000 };

interface Failed {
  readonly subject: string;
  readonly correlationId: string | undefined;
  readonly principal: string | undefined;
}

/**
 * Answers messages with the result or the error of a handler, and counts the messages in flight. A requester whose handler takes
 * long hears that it is at work.
 */
export class Responder {
  private inFlight = 0;
  private readonly atWork: AtWork;
  private readonly transits = new Transits();
  private readonly quiet = new QuietPeriod(repeated.capacity, repeated.everyMs);

  constructor(private readonly connection: BusConnection) {
    this.atWork = new AtWork((reply) => connection.tellWorking(reply));
  }

  /**
   * Answers a message. The server drops messages above its max_payload, and the caller would wait until its deadline. A
   * reply that does not fit is therefore answered with `body-too-large`. The handler's outcome stays committed; only its
   * report fails. A message that has waited long on its way is not begun with: its caller may have given up, and sends it to
   * another process otherwise.
   */
  async answer(message: Msg, handler: RawHandler): Promise<void> {
    const { log, maxPayload } = this.connection;
    this.inFlight++;
    try {
      const frame = await this.reply(message, handler);
      if (frame === undefined) return void message.respond(empty, { headers: notBegun });
      const fits = frame.length <= maxPayload;
      if (!fits) log.warn({ subject: message.subject, bytes: frame.length }, 'the reply is too large for the bus');
      message.respond(fits ? frame : encodeFrame(unsendable));
    } catch (error) {
      log.error({ subject: message.subject, reason: (error as Error).message }, 'cannot send a reply');
    } finally {
      this.inFlight--;
    }
  }

  /** Resolves when no message is in flight, or at `end`, a moment of `monotonicNow`. */
  async idle(end: number): Promise<void> {
    while (this.inFlight > 0 && monotonicNow() < end) await delay(10);
  }

  /** @returns undefined if it has not begun with the message */
  private async reply(message: Msg, handler: RawHandler): Promise<Buffer | undefined> {
    const subject = sharedSubject(message.subject);
    let received: Received | undefined;
    try {
      received = decodeRequest(message.data, this.transits);
      const { body, waitedMs } = received;
      if (waitedMs >= mostWaitedMs) return undefined;
      // The decoded context is this request's own, so it takes both without another copy.
      const context = Object.assign(received.context, {
        hsm: new HsmMeter(),
        served: new ServedSubject(subject),
      });
      if (context.deadline <= monotonicNow()) throw new AnkaError('deadline-exceeded');
      const answer = await this.atWork.during(message.reply, context.deadline, () =>
        withParent(context.traceparent, () =>
          inSpan(
            () => processSpan(subject, body.length),
            () => handler(context, body),
          ),
        ),
      );
      return encodeFrame(this.headOf(answer.head, received, answer.body?.length), answer.body);
    } catch (error) {
      const { revision } = asAnkaError(error);
      const { correlationId, principal } = received?.context ?? {};
      const failed = { ok: false, error: this.failureOf(error, { subject, correlationId, principal }) } as const;
      return encodeFrame(this.headOf(revision === undefined ? failed : { ...failed, revision }, received));
    }
  }

  /** Adds this process's time to a reply whose request asks for it, unless that could make the reply too large. */
  private headOf(head: ReplyHead, received: Received | undefined, bodyBytes = 0): ReplyHead {
    const hasRoom = bodyBytes + headRoom < this.connection.maxPayload;
    return received?.askClock === true && hasRoom ? { ...head, clock: this.connection.clock() } : head;
  }

  private failureOf(error: unknown, { principal, ...about }: Failed) {
    const failed = asAnkaError(error);
    const { code, detail, cause } = failed;
    const { log } = this.connection;
    if (code !== 'internal-error' && code !== 'service-unavailable') return failureOf(failed);
    if (!isElsewhere(failed))
      log.error({ ...about, code, reason: ((cause ?? error) as Error).stack }, 'request failed');
    else if (!isService(principal) || this.quiet.isDue([about.subject, code, detail].join(' ')))
      log.warn({ ...about, code, reason: detail }, 'request failed in another process');
    return failureOf(failed);
  }
}

const isService = (principal: string | undefined): boolean => services.some((service) => service === principal);
