import { answeredError, type Context, type Contract, subjectOf } from '@ankasecure/contracts';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { z } from 'zod';
import { elsewhere } from '../failure/elsewhere.js';
import { requestSpan } from '../telemetry/bus-span.js';
import { inSpan, isTraced, markAnswer, traceparentOf } from '../telemetry/trace.js';
import type { BusConnection, RawReply } from './connection.js';
import { parseJson, validate } from './frame.js';

/** The payload of `BusClient.send`. The pattern is the contract. */
export interface Sent {
  readonly partition: string;
  readonly context: Context;
  readonly body: unknown;
}

/** Asks other services over the message bus. */
export class BusClient extends ClientProxy {
  constructor(readonly connection: BusConnection) {
    super();
  }

  isConnected(): boolean {
    return this.connection.isConnected();
  }

  /** The server's message limit, in bytes. It includes the head and body of a request or reply. */
  get maxPayload(): number {
    return this.connection.maxPayload;
  }

  /** Sends a request and validates the reply's body with the contract's schema. @throws AnkaError the failure that was answered */
  async request<Request extends z.ZodType, Reply extends z.ZodType>(
    contract: Contract<Request, Reply>,
    partition: string,
    context: Context,
    body: z.input<Request>,
  ): Promise<z.infer<Reply>> {
    const reply = await this.requestRaw(subjectOf(contract, partition), context, Buffer.from(JSON.stringify(body)));
    if (!reply.head.ok) throw elsewhere(answeredError(reply.head.error));
    return validate(contract.reply, parseJson(reply.body));
  }

  /**
   * Sends a body of bytes. An answered failure is a reply with `ok: false`.
   * @throws AnkaError `service-unavailable` if nobody serves the subject or the connection is lost, `deadline-exceeded` if
   * no reply came in time
   */
  requestRaw(subject: string, context: Context, body: Uint8Array): Promise<RawReply> {
    if (!isTraced()) return this.ask(subject, context, body);
    return inSpan(
      () => requestSpan(subject, body.length),
      async () => {
        const reply = await this.ask(subject, { ...context, ...traceparentOf() }, body);
        if (!reply.head.ok) markAnswer(reply.head.error.code);
        return reply;
      },
    );
  }

  private ask(subject: string, context: Context, body: Uint8Array): Promise<RawReply> {
    return this.connection.ask(subject, context, body).catch((error: unknown) => {
      throw elsewhere(error);
    });
  }

  /** Does nothing: the connection is made before the client, once per process. */
  override async connect(): Promise<void> {
    await this.connection.flushed();
  }

  override async close(): Promise<void> {
    await this.connection.close();
  }

  override unwrap<Connection>(): Connection {
    return this.connection as Connection;
  }

  protected override publish({ pattern, data }: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const { partition, context, body } = data as Sent;
    this.request(pattern as Contract, partition, context, body).then(
      (response) => callback({ response, isDisposed: true }),
      (err: unknown) => callback({ err }),
    );
    return () => undefined;
  }

  /** Refuses events. Every message of the platform but `Announcements` is a request, because an unconfirmed event could be lost without a trace. */
  protected override dispatchEvent(): Promise<never> {
    return Promise.reject(new Error('the bus carries requests only'));
  }
}
