import type { Subscription } from '@nats-io/transport-node';

/** One contract that is served. While it is paused the other members of its queue group get its requests, if there are any. */
export class Served {
  private subscription: Subscription | undefined;
  private ended = false;

  constructor(private readonly subscribe: () => Subscription) {
    this.resume();
  }

  resume(): void {
    if (!this.ended) this.subscription ??= this.subscribe();
  }

  /** Takes no new requests; those that are on their way here are still served. */
  pause(): void {
    // Rejected only where the connection or the subscription is closed, which is as good.
    this.subscription?.drain().catch(() => undefined);
    this.subscription = undefined;
  }

  /** For good. */
  end(): void {
    this.ended = true;
    this.subscription?.unsubscribe();
    this.subscription = undefined;
  }
}
