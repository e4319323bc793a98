import type { Logger } from '@ankasecure/service-kit';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { IdentityEpoch } from './identity/identity-epoch.js';
import type { Quota } from './quota/quota.js';

const everyMs = 60_000;

/** Records that are of no more use after a time. */
export interface Expiring {
  /** What they are called in the log. */
  readonly what: string;
  /** Removes some at a time. @returns how many */
  readonly remove: () => Promise<number>;
}

/** What goes on beside the requests: denials on their way to the audit trail, and records that have expired. */
export class Background implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly expiring: readonly Expiring[],
    private readonly quota: Quota | undefined,
    private readonly epochs: IdentityEpoch,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.clear(), everyMs);
    this.timer.unref();
  }

  /** After the last answer: what was recorded for it still gets a chance to be sealed. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.epochs.stop();
  }

  private async clear(): Promise<void> {
    this.quota?.sweep();
    for (const { what, remove } of this.expiring)
      try {
        while ((await remove()) > 0);
      } catch (error) {
        this.log.warn({ reason: (error as Error).message }, `cannot remove ${what}`);
      }
  }
}
