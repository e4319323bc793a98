import type { Logger, Served } from '@ankasecure/service-kit';
import type { Custody } from '../custody/custody.js';
import type { WellWorkers } from './well-worker.js';

/** Between looks, in milliseconds. A token is not well when it was not at two looks in a row: it may be back in an instant. */
const everyMs = 500;

/**
 * Takes a worker whose token does not answer out of its queue group, where its callers get a worker whose token does; and puts
 * it back when the token is back. Where no other worker is well it stays: somebody has to say what is wrong.
 */
export class StepAside {
  private served: readonly Served[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private looksUnwell = 0;
  private aside = false;

  constructor(
    private readonly custody: Custody,
    private readonly wellWorkers: WellWorkers,
    private readonly log: Logger,
  ) {}

  /** @param served what needs the token */
  start(served: readonly Served[], intervalMs = everyMs): void {
    this.served = served;
    const look = (): void => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
    };
    look();
    this.timer = setInterval(look, intervalMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.wellWorkers.close();
  }

  private async look(): Promise<void> {
    this.looksUnwell = this.custody.healthy() ? 0 : this.looksUnwell + 1;
    if (this.looksUnwell === 1) return;
    try {
      this.step(this.looksUnwell > 0 && (await this.othersInstead()));
      if (this.looksUnwell === 0) await this.wellWorkers.join();
    } catch {
      // Without the database nobody serves, and who else is there is not known.
      this.step(false);
    }
  }

  private async othersInstead(): Promise<boolean> {
    await this.wellWorkers.leave();
    return this.wellWorkers.others();
  }

  private step(aside: boolean): void {
    if (aside === this.aside) return;
    this.aside = aside;
    for (const served of this.served)
      if (aside) served.pause();
      else served.resume();
    this.log.warn({ aside }, aside ? 'the token does not answer: other workers take over' : 'serving again');
  }
}
