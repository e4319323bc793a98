import type { Subscription } from '@nats-io/transport-node';
import { inBackground } from '../telemetry/background.js';

/** The pause before a refused subscription is tried again, in milliseconds. */
const pauseMs = 1_000;

/**
 * A subscription that is kept up. While it is paused, the other members of its queue group get its requests. The server may
 * refuse it, such as for a permission that is missing after a change of the server's configuration. It is then tried again
 * until it is accepted.
 */
export class Served {
  private subscription: Subscription | undefined;
  private ended = false;
  private drained: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private refused = false;

  constructor(
    readonly subject: string,
    /** Undefined once the connection is closed for good: there is nothing left to keep up. */
    private readonly subscribe: () => Subscription | undefined,
  ) {
    this.resume();
  }

  /** True from a refusal until the subscription is paused or tried again. */
  get isRefused(): boolean {
    return this.refused;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  resume(): void {
    if (this.ended) return;
    this.clear();
    this.subscription ??= this.subscribe();
  }

  /** Takes no new requests. Requests already on the wire are still served. */
  pause(): void {
    const { subscription } = this;
    this.clear();
    this.subscription = undefined;
    // This rejects only if the connection or the subscription is closed already, which has the same effect.
    this.drained = Promise.allSettled([this.drained, subscription?.drain()]);
  }

  /** Ends the subscription for good. Resolves when no request is left on the wire. */
  end(): Promise<unknown> {
    this.ended = true;
    this.pause();
    return this.drained;
  }

  /** The server has refused or withdrawn the subscription. */
  refuse(): void {
    const { subscription } = this;
    if (subscription === undefined) return;
    this.clear();
    this.subscription = undefined;
    // The client does not know about every withdrawal, and would subscribe again after a reconnect.
    if (!subscription.isClosed()) subscription.unsubscribe();
    this.refused = true;
    this.timer = inBackground(() => setTimeout(() => this.resume(), pauseMs));
    this.timer.unref();
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.refused = false;
  }
}
