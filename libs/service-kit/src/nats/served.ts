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
    // Rejected only where the connection or the subscription is closed, which is as good.
    this.drained = Promise.allSettled([this.drained, subscription?.drain()]);
  }

  /** Ends the subscription for good. Resolves when no request is on the wire any more. */
  end(): Promise<unknown> {
    this.ended = true;
    this.pause();
    return this.drained;
  }
}
