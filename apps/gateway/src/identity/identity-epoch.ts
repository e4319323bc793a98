import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { UnderWay } from './under-way.js';

/** So long a gateway may go by what it has read, without another look, in milliseconds. */
export const leaseMs = 3000;

/** Milliseconds. */
const times = {
  lease: leaseMs,
  /** Off the lease here, so that it ends before the database thinks it does. */
  margin: 100,
  /** Between looks while the lease is in use. */
  look: 100,
  /** Renewed when so much of it is gone. */
  renewAfter: 1000,
  /** Unused so long, it is let go. */
  idle: 10_000,
};

/** The row's share lock keeps a change from being committed between the look and the word that the change waits for. */
const lookAndHold = 'SELECT revision FROM identity_epoch FOR SHARE';
const hold = `
  INSERT INTO gateway_instance (id, reads_in, revision, alive_until) VALUES ($1, $2, $3, now() + $4 * interval '1 ms')
  ON CONFLICT (id) DO UPDATE
  SET reads_in = excluded.reads_in, revision = excluded.revision, alive_until = excluded.alive_until`;

/** What gateways have to say before a change is in force; one of an earlier version says a single number. */
const awaited = {
  /** Whom a change lets in is let in as soon as every gateway reads in its epoch, whatever is still under way for others. */
  'let-in': 'coalesce(reads_in, revision)',
  /** Whom a change shuts out is out when nothing is under way any more that began in an earlier one. */
  'shut-out': 'revision',
} as const;

/**
 * Keeps what gateways remember of identities exact. Every change of an identity makes a new epoch, and a gateway goes by what
 * it read in an epoch only while it holds a lease on that epoch. Whoever changes something waits until no gateway holds a lease
 * on an earlier one: a gateway that lives says so within moments, a dead or cut-off one when its lease has run out, which it
 * goes by as well. So nothing is asked of the database at a request, and a change that returned is in force everywhere.
 *
 * In force is more than that nobody is let in any more: a gateway says that it is in an epoch when it does nothing any more for
 * whoever that epoch shut out. What had been let in before is looked at again, and where he does not stand, waited for; his
 * request ends by its deadline. So after a change nothing begins and nothing goes on that stood on what it ended. A change that
 * ends nothing waits for no deed: nobody keeps others out by what takes him long.
 *
 * Non-goals: several database servers whose clocks run at different speeds; what a gateway had asked for that dies or loses the
 * database, and what a service is at past its deadline. That may still be done: then it is in the trail, and answered to nobody.
 */
export class IdentityEpoch {
  private readonly id = randomUUID();
  private revision = 0;
  /** The epoch before which nothing is under way, as it was written beside the lease. */
  private said = 0;
  private readonly underWay = new UnderWay();
  /** By `performance.now()`. */
  private validUntil = 0;
  private usedAt = 0;
  private renewing: Promise<void> | undefined;
  private watching: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  /** Whether what was read in this epoch still holds. Costs a comparison. */
  isCurrent(revision: number): boolean {
    const now = performance.now();
    this.usedAt = now;
    return revision === this.revision && now < this.validUntil;
  }

  /** The epoch in which whatever is read after this may be remembered. @throws what the database throws */
  async current(): Promise<number> {
    this.usedAt = performance.now();
    if (this.usedAt >= this.validUntil) await this.renew();
    this.watching ??= this.watch();
    return this.revision;
  }

  /**
   * Does `work` for somebody who stands in the epoch, which has to be the current one: a change that shuts him out waits for its end.
   * @param look whether he is still who he was: the epoch in which he is, or nothing
   */
  during<Value>(epoch: number, look: () => Promise<number | undefined>, work: () => Promise<Value>): Promise<Value> {
    this.watching ??= this.watch();
    return this.underWay.during(epoch, look, work);
  }

  /** The epoch that a transaction sees. */
  async now(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ revision: string }[]>('SELECT revision FROM identity_epoch');
    return Number(row?.revision);
  }

  /** Makes a new epoch in the transaction of a change. @returns what to wait for with `settle` after its commit */
  async change(manager: EntityManager): Promise<number> {
    const [[row]] = await manager.query<[{ revision: string }[], number]>(
      'UPDATE identity_epoch SET revision = revision + 1 RETURNING revision',
    );
    return Number(row?.revision);
  }

  /**
   * Resolves when the change is in force on every gateway: within moments where all of them live and nothing is under way for
   * whoever it shuts out; else when that is over, by its deadline. Nobody waits here who is himself waited for.
   * @param effect `let-in` for a change that shuts nobody out
   */
  async settle(revision: number, effect: keyof typeof awaited): Promise<void> {
    if (performance.now() < this.validUntil) await this.renew();
    for (;;) {
      const [row] = await this.dataSource.query<{ behind: string }[]>(
        `SELECT count(*) AS behind FROM gateway_instance WHERE ${awaited[effect]} < $1 AND alive_until > now()`,
        [revision],
      );
      if (row?.behind === '0') return;
      await delay(times.look / 4);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.validUntil = 0;
    await this.watching;
    await this.dataSource.query('DELETE FROM gateway_instance WHERE id = $1', [this.id]).catch(() => undefined);
  }

  private renew(): Promise<void> {
    this.renewing ??= this.take().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** The revision is taken over before its lease is written: from then on nothing older is gone by here, and nothing older begins. */
  private async take(): Promise<void> {
    const from = performance.now();
    await this.dataSource.transaction(async (manager) => {
      const [row] = await manager.query<{ revision: string }[]>(lookAndHold);
      this.revision = Number(row?.revision);
      this.said = this.underWay.oldest(this.revision);
      await manager.query(hold, [this.id, this.revision, this.said, times.lease]);
    });
    if (!this.stopped) this.validUntil = from + times.lease - times.margin;
    if (this.said < this.revision) void this.review();
  }

  private async review(): Promise<void> {
    await this.underWay.review(this.revision);
    if (this.said !== this.underWay.oldest(this.revision)) await this.tryRenew();
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
    if (this.said !== this.underWay.oldest(this.revision)) return true;
    const [row] = await this.dataSource.query<{ revision: string }[]>('SELECT revision FROM identity_epoch');
    return Number(row?.revision) !== this.revision;
  }
}
