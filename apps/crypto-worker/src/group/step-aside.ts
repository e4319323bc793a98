import { BusServer, Clock, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import { tokenGroup } from './needs-token.js';
import { WellWorkers } from './well-worker.js';

/**
 * Time between checks, in milliseconds. A token counts as failed after two failed checks in a row, since it may recover at
 * once.
 */
const everyMs = 500;

/**
 * Takes a worker whose token does not answer, or whose clock is wrong, out of its queue groups, so that requests reach a
 * worker that can serve them. Puts it back when it recovers. The last worker stays, to answer with the error.
 */
@Injectable()
export class StepAside {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private looksUnwell = 0;
  private aside = false;

  constructor(
    private readonly custody: Custody,
    private readonly wellWorkers: WellWorkers,
    private readonly server: BusServer,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  start(intervalMs = everyMs): void {
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
    const well = this.custody.healthy() && this.clock.isSound();
    this.looksUnwell = well ? 0 : this.looksUnwell + 1;
    if (this.looksUnwell === 1) return;
    try {
      this.step(this.looksUnwell > 0 && (await this.othersInstead()));
      if (this.looksUnwell === 0) await this.wellWorkers.join();
    } catch {
      // Without the database no worker serves, and it is unknown whether there are others.
      this.step(false);
    }
  }

  private async othersInstead(): Promise<boolean> {
    await this.wellWorkers.leave();
    return this.wellWorkers.others();
  }

  private step(aside: boolean): void {
    // This repeats at each check, because the server may have begun to serve since the last one.
    if (aside) this.server.pause(tokenGroup);
    if (aside === this.aside) return;
    this.aside = aside;
    if (!aside) this.server.resume(tokenGroup);
    this.log.warn(
      { aside },
      aside ? 'the token does not answer, or the clock is wrong: other workers take over' : 'serving again',
    );
  }
}
