import type { Logger } from '@ankasecure/service-kit';

/** Work that repeats, one round at a time. A round that fails is logged and tried again. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param everyMs from the end of one round to the beginning of the next */
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

  /** Begins no further round. The round under way sees it by `isStopped`. */
  halt(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Resolves when the round under way is over. */
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
