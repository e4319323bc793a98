import { setTimeout as delay } from 'node:timers/promises';
import { type Context, newId } from '@ankasecure/contracts';
import { inBackground, Logger, RecordHistory } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { GatewayInstance } from './identity-epoch.entity.js';
import {
  type Effect,
  isAwaited,
  nextEpoch,
  readAndHoldEpoch,
  readEpoch,
  writeLease,
} from './identity-epoch.statement.js';
import { UnderWay } from './under-way.js';

/** The time for which a gateway uses what it has read before it reads again, in milliseconds. */
export const leaseMs = 3000;

/** Milliseconds. */
const times = {
  lease: leaseMs,
  /** The lease ends this much earlier here than in the database. */
  margin: 100,
  /** Time between two looks while the lease is in use. */
  look: 100,
  /** Age at which the lease is renewed. */
  renewAfter: 1000,
  /** A lease that is not used for so long is given up. */
  idle: 10_000,
};

/**
 * Keeps the gateways' caches of identities exact. Every change of an identity makes a new epoch, and a gateway uses what it read
 * in an epoch only while it holds a lease on that epoch. A change waits until no gateway holds a lease on an earlier epoch. A
 * running gateway moves on within moments; the lease of a dead or disconnected one expires, and it respects that as well. A
 * request therefore needs no query, and a change that returned is in force everywhere.
 *
 * In force means more than that excluded callers are refused: a gateway enters an epoch only when it does no more work for
 * callers that the epoch excludes. It checks callers with running work again, and waits for the work of those that are excluded,
 * which ends by its deadline. After a change, nothing starts and nothing continues that depended on what the change ended. A
 * change that excludes nobody does not wait for running work, so a long request cannot delay the admission of others.
 *
 * Whoever owns the database can put the epoch back. So what was read in an epoch also ends when another gateway announces a
 * change of one of the tenant's records, and when the audit trail names one, which is looked at every minute.
 *
 * Non-goals: several database servers whose clocks run at different speeds; requests of a gateway that died or lost the
 * database; and work of a service after its deadline. Such work may still be done. It is then in the trail, and nobody gets the answer.
 */
@Injectable()
export class IdentityEpoch implements OnApplicationShutdown {
  private readonly id = newId();
  private revision = 0;
  /** The epoch before which no work is running, as it was stored with the lease. */
  private reported = 0;
  private readonly underWay = new UnderWay();
  /** The end of the lease on the clock of `performance.now()`. */
  private validUntil = 0;
  private usedAt = 0;
  private renewing: Promise<void> | undefined;
  private watching: Promise<void> | undefined;
  private stopped = false;
  /** Waits for the changes of a request, by its context. */
  private readonly unsettled = new WeakMap<Context, () => Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly history: RecordHistory,
    private readonly log: Logger,
  ) {}

  /** Whether a value that was read in this epoch is still valid. It costs one comparison. */
  isCurrent(revision: number): boolean {
    const now = performance.now();
    this.usedAt = now;
    return revision === this.revision && now < this.validUntil;
  }

  /** When the trail last named a change of the tenant's records; a time of `monotonicNow`. A value that was read by then is read again. */
  lastMove(tenantId: string): number {
    return this.history.lastMove(tenantId);
  }

  /** The epoch in which a value that is read afterwards can be cached. @throws any error of the database */
  async current(): Promise<number> {
    this.usedAt = performance.now();
    if (this.usedAt >= this.validUntil) await this.renew();
    this.watching ??= inBackground(() => this.watch());
    return this.revision;
  }

  /**
   * Runs `work` for a caller that is admitted in the current epoch. A change that excludes the caller waits for its end.
   * @param look checks the caller again: the epoch in which it is still admitted, or undefined
   */
  during<Value>(epoch: number, look: () => Promise<number | undefined>, work: () => Promise<Value>): Promise<Value> {
    this.watching ??= inBackground(() => this.watch());
    return this.underWay.during(epoch, look, work);
  }

  /** The epoch that a transaction sees. */
  now(manager: EntityManager): Promise<number> {
    return readEpoch(manager);
  }

  /** Makes a new epoch in the transaction of a change. @returns the revision to pass to `settle` after the commit */
  change(manager: EntityManager): Promise<number> {
    return nextEpoch(manager);
  }

  /**
   * Resolves when the change is in force on every gateway: within moments if all of them run and no excluded caller has running
   * work, otherwise when that work ends, by its deadline. Work that is waited for never waits here itself.
   * @param effect `let-in` for a change that excludes nobody
   */
  async settle(revision: number, effect: Effect): Promise<void> {
    if (performance.now() < this.validUntil) await this.renew();
    while (await isAwaited(this.dataSource.manager, revision, effect)) await delay(times.look / 4);
  }

  /** Makes the answer to this request wait for the change, with `settled`, once nothing else is held. */
  settleAfter(context: Context, revision: number, effect: Effect): void {
    this.unsettled.set(context, () => this.settle(revision, effect));
  }

  /** Resolves when the changes that the request has made, if any, are in force on every gateway. */
  async settled(context: Context): Promise<void> {
    await this.unsettled.get(context)?.();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.validUntil = 0;
    await this.watching;
    await this.dataSource.manager.delete(GatewayInstance, { id: this.id }).catch(() => undefined);
  }

  private renew(): Promise<void> {
    this.renewing ??= this.take().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** Takes over the revision before its lease is written. From then on, this gateway uses nothing older, and starts nothing older. */
  private async take(): Promise<void> {
    const from = performance.now();
    await this.dataSource.transaction(async (manager) => {
      this.revision = await readAndHoldEpoch(manager);
      this.reported = this.underWay.oldest(this.revision);
      const lease = { id: this.id, readsIn: this.revision, revision: this.reported, forMs: times.lease };
      await writeLease(manager, lease);
    });
    if (!this.stopped) this.validUntil = from + times.lease - times.margin;
    if (this.reported < this.revision) void inBackground(() => this.review());
  }

  private async review(): Promise<void> {
    await this.underWay.review(this.revision);
    if (this.reported !== this.underWay.oldest(this.revision)) await this.tryRenew();
  }

  private async watch(): Promise<void> {
    while (!this.stopped && (this.underWay.size > 0 || performance.now() - this.usedAt < times.idle)) {
      await delay(times.look, undefined, { ref: false });
      await this.tryRenew();
    }
    this.watching = undefined;
  }

  private async tryRenew(): Promise<void> {
    try {
      if (await this.isBehind()) await this.renew();
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'cannot renew the lease on identities');
    }
  }

  private async isBehind(): Promise<boolean> {
    if (performance.now() > this.validUntil - times.lease + times.renewAfter) return true;
    if (this.reported !== this.underWay.oldest(this.revision)) return true;
    return (await readEpoch(this.dataSource.manager)) !== this.revision;
  }
}
