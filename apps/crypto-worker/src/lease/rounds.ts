import type { Logger } from '@ankasecure/service-kit';

/** Work that comes round again and again, one round at a time; a round that fails is one that will be tried again. */
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

  /** Resolves when the round under way is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
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
