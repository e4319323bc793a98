import type { Logger } from '@ankasecure/service-kit';

/** Repeats work, one round at a time. A failed round is logged and retried. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param everyMs milliseconds from the end of one round to the start of the next */
  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly log: Logger,
    private readonly name: string,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.round();
    }, this.everyMs);
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Starts no further round. `isStopped` tells the round under way. */
  halt(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.halt();
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, `${this.name} failed and will be tried again`);
    }
    if (!this.stopped) this.start();
  }
}
