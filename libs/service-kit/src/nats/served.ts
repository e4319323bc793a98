import type { Subscription } from '@nats-io/transport-node';

/** The subscription of one served contract. While it is paused, the other members of its queue group get its requests. */
export class Served {
  private subscription: Subscription | undefined;
  private ended = false;
  private drained: Promise<unknown> = Promise.resolve();

  constructor(private readonly subscribe: () => Subscription) {
    this.resume();
  }

  resume(): void {
    if (!this.ended) this.subscription ??= this.subscribe();
  }

  /** Takes no new requests. Requests already on the wire are still served. */
  pause(): void {
    const { subscription } = this;
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
}
