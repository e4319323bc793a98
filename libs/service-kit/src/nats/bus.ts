import { setTimeout as delay } from 'node:timers/promises';
import {
  AnkaError,
  type Context,
  type Contract,
  type DryRun,
  failureOf,
  inboxPrefix,
  type KeyQuota,
  type Notice,
  queueOf,
  type ReplyHead,
  type Service,
  subjectOf,
} from '@ankasecure/contracts';
import { connect, type Msg, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import type { z } from 'zod';
import type { ServiceConfig } from '../config/section.js';
import { asAnkaError } from '../failure/as-anka-error.js';
import type { Logger } from '../logging/logger.js';
import { inSpan, traceparentOf, withParent } from '../telemetry/trace.js';
import { decodeReply, decodeRequest, encodeFrame, parseJson, validate } from './frame.js';
import { Served } from './served.js';

export interface RawReply {
  readonly head: ReplyHead;
  readonly body: Buffer;
}

/** Serves one message: the body is not parsed yet. */
export type RawHandler = (context: Context, body: Buffer) => Promise<{ head: ReplyHead; body?: Uint8Array }>;

export interface Answer<Body> {
  readonly body: Body;
  readonly revision?: number;
  readonly id?: string;
  /** Microseconds inside PKCS#11 calls. */
  readonly hsmMicros?: number;
  readonly notice?: Notice | undefined;
  readonly keyQuota?: KeyQuota | undefined;
}

interface Waiter {
  readonly subject: string;
  readonly resolve: (reply: RawReply) => void;
  readonly reject: (error: AnkaError) => void;
  readonly timer: NodeJS.Timeout;
}

interface Leaving {
  readonly token: string;
  readonly subject: string;
  readonly frame: Buffer;
}

/** In place of a reply above the server's max_payload. */
const unsendable: ReplyHead = {
  ok: false,
  error: {
    code: 'body-too-large',
    retryable: false,
    detail: 'The answer would be too large: send fewer or smaller items at once',
  },
};

/** Answers dry runs of what knows of none. */
export const noDryRun = async (): Promise<never> => {
  throw new AnkaError('request-invalid', 'This cannot be tried without being done');
};

/** So many requests do not wait for the rest of their turn: whoever serves them should be at work meanwhile. */
const mostLeaving = 8;

/**
 * Requests and replies over NATS: one connection, one private inbox whose replies are told apart by their last token,
 * a deadline on each call. Replies that mean "committed" are the only acknowledgements; nothing is queued while disconnected.
 */
export class Bus {
  private readonly waiters = new Map<string, Waiter>();
  private readonly served: Served[] = [];
  private readonly leaving: Leaving[] = [];
  private readonly inbox: string;
  private inFlight = 0;
  private next = 0;
  private connected = true;
  private knownMaxPayload: number;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly service: Service,
    private readonly log: Logger,
  ) {
    this.inbox = `${inboxPrefix(service)}.${crypto.randomUUID()}.`;
    this.knownMaxPayload = connection.info?.max_payload ?? 0;
    connection.subscribe(`${this.inbox}*`, { callback: (error, message) => this.settle(error, message) });
    void this.watch();
  }

  static async connect(service: Service, config: ServiceConfig['nats'], log: Logger): Promise<Bus> {
    const connection = await connect({
      name: service,
      servers: config.servers,
      authenticator: nkeyAuthenticator(new TextEncoder().encode(config.nkeySeed)),
      tls: { caFile: config.caFile },
      inboxPrefix: inboxPrefix(service),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      waitOnFirstConnect: true,
      ignoreAuthErrorAbort: true,
    });
    return new Bus(connection, service, log);
  }

  isConnected(): boolean {
    return this.connected && !this.connection.isClosed();
  }

  /** Largest message the server takes, in bytes: a request's head and body, or a reply's. */
  get maxPayload(): number {
    // The connection forgets what its server said while it has none, and a message is not too large because of that.
    this.knownMaxPayload = this.connection.info?.max_payload ?? this.knownMaxPayload;
    return this.knownMaxPayload;
  }

  /** Asks, and validates the reply's body with the contract's schema. @throws AnkaError as answered */
  async request<Request extends z.ZodType, Reply extends z.ZodType>(
    contract: Contract<Request, Reply>,
    partition: string,
    context: Context,
    body: z.input<Request>,
  ): Promise<z.infer<Reply>> {
    const reply = await this.requestRaw(subjectOf(contract, partition), context, Buffer.from(JSON.stringify(body)));
    if (!reply.head.ok) {
      const { code, detail, refusal } = reply.head.error;
      throw new AnkaError(code, detail, { refusal });
    }
    return validate(contract.reply, parseJson(reply.body));
  }

  /**
   * Asks with a body of bytes. A failure that was answered is a reply with `ok: false`.
   * @throws AnkaError `service-unavailable` when nobody serves the subject or the bus is down or lost meanwhile, `deadline-exceeded` when no answer came in time
   */
  requestRaw(subject: string, context: Context, body: Uint8Array): Promise<RawReply> {
    return inSpan(`request ${subject}`, 'client', () => this.ask(subject, { ...context, ...traceparentOf() }, body));
  }

  private ask(subject: string, context: Context, body: Uint8Array): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      const left = context.deadline - Date.now();
      if (left <= 0) return reject(new AnkaError('deadline-exceeded'));
      if (!this.isConnected()) return reject(new AnkaError('service-unavailable', 'The message bus is not connected'));
      const token = (this.next++).toString(36);
      const timer = setTimeout(() => {
        this.waiters.delete(token);
        reject(new AnkaError('deadline-exceeded'));
      }, left);
      this.waiters.set(token, { subject, resolve, reject, timer });
      this.leaving.push({ token, subject, frame: encodeFrame(context, body) });
      if (this.leaving.length === 1) setImmediate(this.leave);
      else if (this.leaving.length === mostLeaving) this.leave();
    });
  }

  /** Requests of one turn of the event loop leave in one write: a system call and a TLS record for all of them. */
  private readonly leave = (): void => {
    for (const { token, subject, frame } of this.leaving.splice(0)) {
      try {
        this.connection.publish(subject, frame, { reply: this.inbox + token });
      } catch (cause) {
        this.fail(token, new AnkaError('service-unavailable', 'The message bus refused the request', { cause }));
      }
    }
  };

  private settle(error: Error | null, message: Msg): void {
    const token = message.subject.slice(this.inbox.length);
    const waiter = this.waiters.get(token);
    if (waiter === undefined) return;
    if (error !== null || (message.data.length === 0 && message.headers?.code === 503))
      return this.fail(
        token,
        new AnkaError('service-unavailable', 'No instance of the service is there', { cause: error }),
      );
    try {
      const reply = decodeReply(message.data);
      this.waiters.delete(token);
      clearTimeout(waiter.timer);
      waiter.resolve(reply);
    } catch (cause) {
      this.fail(token, new AnkaError('internal-error', 'The reply could not be read', { cause }));
    }
  }

  private fail(token: string, error: AnkaError): void {
    const waiter = this.waiters.get(token);
    if (waiter === undefined) return;
    this.waiters.delete(token);
    clearTimeout(waiter.timer);
    waiter.reject(error);
  }

  /**
   * Serves a contract with validated bodies.
   * @param rehearse answers dry runs; without it they are refused, so that nothing is done by whoever knows of none
   */
  serve<Request extends z.ZodType, Reply extends z.ZodType>(
    contract: Contract<Request, Reply>,
    partition: string,
    handler: (context: Context, body: z.infer<Request>) => Promise<Answer<z.infer<Reply>>>,
    rehearse: (context: Context, body: z.infer<Request>) => Promise<DryRun> = noDryRun,
  ): Served {
    return this.serveRaw(contract, partition, async (context, bytes) => {
      const start = performance.now();
      const request = validate(contract.request, parseJson(bytes));
      const { body, ...rest } =
        context.dryRun === true ? { body: await rehearse(context, request) } : await handler(context, request);
      const workerMicros = Math.round((performance.now() - start) * 1000);
      return { head: { ok: true, workerMicros, ...rest }, body: Buffer.from(JSON.stringify(body)) };
    });
  }

  /** Serves a contract's subject in its queue group; the handler sees bytes and answers bytes. Whatever it throws is answered. */
  serveRaw(contract: Contract, partition: string, handler: RawHandler): Served {
    const subscribe = () =>
      this.connection.subscribe(subjectOf(contract, partition), {
        queue: queueOf(contract, partition),
        callback: (error, message) => {
          if (error !== null)
            this.log.error({ subject: contract.subject, reason: error.message }, 'subscription failed');
          else void this.answer(message, handler);
        },
      });
    const served = new Served(subscribe);
    this.served.push(served);
    return served;
  }

  /** Resolves when the server knows of everything served and sent so far. */
  async flushed(): Promise<void> {
    await this.connection.flush();
  }

  /**
   * The server drops what is above its max_payload, and the caller would wait for its deadline: so a reply that does not fit is
   * answered by `body-too-large`. What the handler did stays done, its outcome committed: only the telling of it failed.
   */
  private async answer(message: Msg, handler: RawHandler): Promise<void> {
    this.inFlight++;
    try {
      const frame = await this.reply(message, handler);
      if (frame.length > this.maxPayload)
        this.log.warn({ subject: message.subject, bytes: frame.length }, 'reply too large for the bus');
      message.respond(frame.length > this.maxPayload ? encodeFrame(unsendable) : frame);
    } catch (error) {
      this.log.error({ subject: message.subject, reason: (error as Error).message }, 'reply could not be sent');
    } finally {
      this.inFlight--;
    }
  }

  private async reply(message: Msg, handler: RawHandler): Promise<Buffer> {
    let correlationId: string | undefined;
    try {
      const { context, body } = decodeRequest(message.data);
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
      this.log.error({ ...about, code, reason: ((cause ?? error) as Error).stack }, 'request failed');
    return failureOf(failed);
  }

  private async watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.lose();
      if (status.type === 'reconnect') this.connected = true;
      if (status.type === 'error') {
        this.log.error({ reason: status.error.message }, 'bus error');
        const denied = /publish.*"([^"]+)"/i.exec(status.error.message)?.[1];
        for (const [token, waiter] of this.waiters)
          if (waiter.subject === denied)
            this.fail(token, new AnkaError('internal-error', `${this.service} may not ask this`));
      }
    }
  }

  /** Replies to a connection that is gone go nowhere: nobody waits for them, nor is anything said later that nobody waits for. */
  private lose(): void {
    this.connected = false;
    this.leaving.length = 0;
    for (const token of this.waiters.keys())
      this.fail(token, new AnkaError('service-unavailable', 'The message bus was lost while the request ran'));
  }

  /** Takes no new requests, lets those under way, on the wire as well, finish (at most `graceMs`). Replies and own requests still work after it. */
  async drain(graceMs = 2000): Promise<void> {
    const end = Date.now() + graceMs;
    // A request may be on its way to us until the server has confirmed that it sends no more.
    const confirmed = Promise.allSettled(this.served.splice(0).map((served) => served.end()));
    await Promise.race([confirmed, delay(graceMs, undefined, { ref: false })]);
    while (this.inFlight > 0 && Date.now() < end) await delay(10);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
