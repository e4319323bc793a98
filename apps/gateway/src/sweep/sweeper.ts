import { Logger } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

const everyMs = 60_000;

interface Task {
  /** Names the removed records, for the log. */
  readonly what: string;
  /** Removes some of the records. @returns how many */
  readonly remove: () => Promise<number>;
}

/** Removes expired records once a minute. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly tasks: Task[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly log: Logger) {}

  /**
   * @param what names the records in the log
   * @param remove removes some of them and returns how many; it is called until it returns 0
   */
  add(what: string, remove: Task['remove']): void {
    this.tasks.push({ what, remove });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), everyMs);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    for (const { what, remove } of this.tasks)
      try {
        while ((await remove()) > 0);
      } catch (error) {
        this.log.warn({ reason: (error as Error).message }, `cannot remove ${what}`);
      }
  }
}
