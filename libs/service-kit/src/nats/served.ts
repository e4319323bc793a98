import type { Subscription } from '@nats-io/transport-node';

/** One contract that is served. While it is paused the other members of its queue group get its requests, if there are any. */
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

  /** Takes no new requests; those that are on their way here are still served. */
  pause(): void {
    const { subscription } = this;
    this.subscription = undefined;
    // Rejected only where the connection or the subscription is closed, which is as good.
    this.drained = Promise.allSettled([this.drained, subscription?.drain()]);
  }

  /** For good. @returns when no request is on its way here any more */
  end(): Promise<unknown> {
    this.ended = true;
    this.pause();
    return this.drained;
  }
}
