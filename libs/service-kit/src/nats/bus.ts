import { setTimeout as delay } from 'node:timers/promises';
import { type Context, type Contract, type DryRun, queueOf, type Service, subjectOf } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { ServiceConfig } from '../config/section.js';
import type { Logger } from '../logging/logger.js';
import { type Answer, noDryRun, type RawHandler, written } from './answer.js';
import { BusClient } from './client.js';
import { BusConnection } from './connection.js';
import { parseJson, validate } from './frame.js';
import { Responder } from './responder.js';
import { Served } from './served.js';

/** A client that also serves contracts one by one, until every contract is served by a controller (`@MessagePattern`). */
export class Bus extends BusClient {
  private readonly served: Served[] = [];
  private readonly responder: Responder;

  constructor(connection: BusConnection) {
    super(connection);
    this.responder = new Responder(connection);
  }

  static async connect(service: Service, config: ServiceConfig['nats'], log: Logger): Promise<Bus> {
    return new Bus(await BusConnection.open(service, config, log));
  }

  /**
   * Serves a contract with validated bodies.
   * @param rehearse answers dry runs; without it they are refused
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
      const answer: Answer<unknown> =
        context.dryRun === true ? { body: await rehearse(context, request) } : await handler(context, request);
      return written(context, answer, start);
    });
  }

  /** Serves a contract's subject in its queue group; the handler sees bytes and answers bytes. */
  serveRaw(contract: Contract, partition: string, handler: RawHandler): Served {
    const served = new Served(() =>
      this.connection.subscribe(
        subjectOf(contract, partition),
        queueOf(contract, partition),
        (message) => void this.responder.answer(message, handler),
      ),
    );
    this.served.push(served);
    return served;
  }

  async flushed(): Promise<void> {
    await this.connection.flushed();
  }

  /** Takes no new requests and lets those on the wire and in flight finish, for at most `graceMs`. */
  async drain(graceMs = 2000): Promise<void> {
    const end = Date.now() + graceMs;
    const confirmed = Promise.allSettled(this.served.splice(0).map((served) => served.end()));
    await Promise.race([confirmed, delay(graceMs, undefined, { ref: false })]);
    await this.responder.idle(end);
  }
}
