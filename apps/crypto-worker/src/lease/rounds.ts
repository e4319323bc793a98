import type { Logger } from '@ankasecure/service-kit';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';

/**
 * Repeats work in the background, one round at a time, from the application's start to its end. A failed round is logged and
 * retried. At shutdown no new round begins. The round under way ends after the token has closed, because it may wait for it.
 */
export abstract class Rounds implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /**
   * @param everyMs milliseconds from the end of one round to the start of the next
   * @param work as the log names it
   */
  protected constructor(
    private readonly everyMs: number,
    private readonly work: string,
    protected readonly log: Logger,
  ) {}

  /** Does the work of one round. It ends early when `isStopped`. */
  protected abstract round(): Promise<void>;

  protected get isStopped(): boolean {
    return this.stopped;
  }

  onApplicationBootstrap(): void {
    this.timer = setTimeout(() => {
      this.running = this.repeat();
    }, this.everyMs);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  async onApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    await this.running;
  }

  private async repeat(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, `${this.work} failed and will be tried again`);
    }
    if (!this.stopped) this.onApplicationBootstrap();
  }
}
