import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TrailGuard } from './trail-guard.js';

const everyMs = 60_000;
/** The longest time that a stop waits for the last anchor, in milliseconds. */
const farewellMs = 5_000;

/** Compares the trails with the anchor and moves it forward: every minute, and when the service stops. */
@Injectable()
export class AnchorRounds implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly guard: TrailGuard,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.round(), everyMs);
    void this.round();
  }

  /** The bus still answers: Nest closes it after this. A round under way may have read the trails before their last events. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await Promise.race([this.round().then(() => this.round()), delay(farewellMs, undefined, { ref: false })]);
  }

  private async round(): Promise<void> {
    try {
      await this.guard.advance();
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'cannot compare the trails with the anchor now');
    }
  }
}
