import type { Logger, Outbox } from '@ankasecure/service-kit';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Idempotency } from './idempotency/idempotency.js';
import type { IdentityEpoch } from './identity/identity-epoch.js';
import type { Quota } from './quota/quota.js';
import type { ServiceAccounts } from './service-account/service-accounts.js';

const everyMs = 60_000;

/** What goes on beside the requests: denials on their way to the audit trail, and records that have expired. */
export class Background implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly idempotency: Idempotency,
    private readonly quota: Quota | undefined,
    private readonly accounts: Pick<ServiceAccounts, 'removeExpiredAssertions'>,
    private readonly epochs: IdentityEpoch,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.outbox.start();
    this.timer = setInterval(() => void this.clear(), everyMs);
    this.timer.unref();
  }

  /** After the last answer: what was recorded for it still gets a chance to be sealed. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.epochs.stop();
    await this.outbox.stop();
  }

  private async clear(): Promise<void> {
    this.quota?.sweep();
    try {
      while ((await this.idempotency.removeExpired()) > 0);
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'expired idempotency records could not be removed');
    }
    try {
      while ((await this.accounts.removeExpiredAssertions()) > 0);
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'expired assertions could not be removed');
    }
  }
}
