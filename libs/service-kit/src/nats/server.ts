import { setTimeout as delay } from 'node:timers/promises';
import { monotonicNow, queueOf, subjectOf } from '@ankasecure/contracts';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { type Answer, noDryRun, type RawAnswer, type RawHandler, written } from './answer.js';
import type { BusConnection } from './connection.js';
import { parseJson, validate } from './frame.js';
import type { ServedTwice } from './group/served-twice.js';
import type { HandlerExtras } from './message-pattern.js';
import { Responder } from './responder.js';
import { busTransport } from './transport.js';

/**
 * The longest time that requests in flight get to finish at a stop, in milliseconds. An orchestrator kills a container some
 * 30 s after it has asked it to stop.
 */
export const drainMs = 25_000;
/** The longest wait for the server's word that it sends no more requests, in milliseconds. */
const confirmMs = 2_000;

/**
 * Serves contracts over the message bus. It is the transport strategy that Nest binds the controllers to. Each contract is a
 * subscription in its service's queue group. Serving starts with `listen`, after every bootstrap hook.
 */
export class BusServer extends Server implements CustomTransportStrategy {
  override readonly transportId = busTransport;
  private readonly served: { readonly subscription: ServedTwice; readonly pauseGroup: string | undefined }[] = [];
  private readonly responder: Responder;

  /** @param partition replaces `{partition}` in the subjects */
  constructor(
    private readonly connection: BusConnection,
    private readonly partition: string,
  ) {
    super();
    this.responder = new Responder(connection);
  }

  override listen(callback: (error?: unknown) => void): void {
    for (const handler of this.messageHandlers.values()) this.serve(handler);
    this.connection.flushed().then(() => callback(), callback);
  }

  /** Stops taking requests; see `drain`. The connection stays open for replies and for the service's own requests. */
  override async close(): Promise<void> {
    await this.drain();
  }

  /** Leaves the queue groups of the methods marked `@PauseGroup(name)`. Other instances get their requests. */
  pause(pauseGroup: string): void {
    for (const one of this.served) if (one.pauseGroup === pauseGroup) one.subscription.pause();
  }

  /** Joins the queue groups again. */
  resume(pauseGroup: string): void {
    for (const one of this.served) if (one.pauseGroup === pauseGroup) one.subscription.resume();
  }

  /** Takes no new requests. Lets those on the wire and in flight finish, for at most `graceMs` milliseconds. */
  async drain(graceMs = drainMs): Promise<void> {
    const end = monotonicNow() + graceMs;
    // Requests may still arrive until the server has confirmed that it sends no more.
    const confirmed = Promise.allSettled(this.served.splice(0).map(({ subscription }) => subscription.end()));
    await Promise.race([confirmed, delay(Math.min(confirmMs, graceMs), undefined, { ref: false })]);
    await this.responder.idle(end);
  }

  override on(): never {
    throw new Error('the bus has no server events; see BusConnection');
  }

  override unwrap<Connection>(): Connection {
    return this.connection as Connection;
  }

  private serve(handler: MessageHandler): void {
    const extras = handler.extras as HandlerExtras;
    const { contract, pauseGroup } = extras;
    const answer = extras.raw === true ? rawHandler(handler) : jsonHandler(handler, extras);
    const subscription = this.connection.serve(
      subjectOf(contract, this.partition),
      queueOf(contract, this.partition),
      (message) => void this.responder.answer(message, answer),
    );
    this.served.push({ subscription, pauseGroup });
  }
}

/** Unwraps what Nest returns: a value, or an observable of one if an interceptor or exception filter took part. */
export const valueOf = async <Value>(returned: unknown): Promise<Value> => {
  const value = await returned;
  return (isObservable(value) ? await lastValueFrom(value) : value) as Value;
};

const rawHandler =
  (handler: MessageHandler): RawHandler =>
  (context, body) =>
    valueOf<RawAnswer>(handler(body, context));

const jsonHandler =
  (handler: MessageHandler, { contract, answersDryRuns }: HandlerExtras): RawHandler =>
  async (context, bytes) => {
    const start = performance.now();
    const parsed = parseJson(bytes);
    const request = contract.isOrdinary?.(parsed) === true ? parsed : validate(contract.request, parsed);
    if (context.dryRun === true && answersDryRuns !== true) await noDryRun();
    return written(context, await valueOf<Answer<unknown>>(handler(request, context)), start);
  };
