import { setTimeout as delay } from 'node:timers/promises';
import {
  type Context,
  type Contract,
  type DryRun,
  monotonicNow,
  queueOf,
  type Service,
  subjectOf,
} from '@ankasecure/contracts';
import {
  type Answer,
  BusClient,
  BusConnection,
  type Logger,
  noDryRun,
  parseJson,
  type RawHandler,
  Responder,
  type ServedTwice,
  type ServiceConfig,
  validate,
  written,
} from '@ankasecure/service-kit';
import type { z } from 'zod';

/** A client that also serves single contracts with functions, for stand-ins of whole services. */
export class TestBus extends BusClient {
  private readonly served: ServedTwice[] = [];
  private readonly responder: Responder;

  constructor(connection: BusConnection) {
    super(connection);
    this.responder = new Responder(connection);
  }

  static async connect(service: Service, config: ServiceConfig['nats'], log: Logger): Promise<TestBus> {
    return new TestBus(await BusConnection.open(service, config, log));
  }

  /**
   * Serves a contract with validated bodies.
   * @param rehearse answers dry runs. Without it they are refused
   */
  serve<Request extends z.ZodType, Reply extends z.ZodType>(
    contract: Contract<Request, Reply>,
    partition: string,
    handler: (context: Context, body: z.infer<Request>) => Promise<Answer<z.infer<Reply>>>,
    rehearse: (context: Context, body: z.infer<Request>) => Promise<DryRun> = noDryRun,
  ): ServedTwice {
    return this.serveRaw(contract, partition, async (context, bytes) => {
      const start = performance.now();
      const request = validate(contract.request, parseJson(bytes));
      const answer: Answer<unknown> =
        context.dryRun === true ? { body: await rehearse(context, request) } : await handler(context, request);
      return written(context, answer, start);
    });
  }

  /** Serves a contract's subject in its queue group. The handler gets bytes and returns bytes. */
  serveRaw(contract: Contract, partition: string, handler: RawHandler): ServedTwice {
    const served = this.connection.serve(
      subjectOf(contract, partition),
      queueOf(contract, partition),
      (message) => void this.responder.answer(message, handler),
    );
    this.served.push(served);
    return served;
  }

  async flushed(): Promise<void> {
    await this.connection.flushed();
  }

  /** Accepts no new requests and lets those on the wire and in flight finish, for at most `graceMs`. */
  async drain(graceMs = 2000): Promise<void> {
    const end = monotonicNow() + graceMs;
    const confirmed = Promise.allSettled(this.served.splice(0).map((served) => served.end()));
    await Promise.race([confirmed, delay(graceMs, undefined, { ref: false })]);
    await this.responder.idle(end);
  }
}
