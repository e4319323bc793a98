import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import type { AppendChannel } from './append-channel.js';
import { Deferrals, type DueRows } from './deferral.js';
import { Delivery } from './delivery.js';
import { type AppendSize, type ClaimedEntry, claimEntries, claimFairly, waitingTenants } from './outbox.sql.js';
import { Pace } from './pace.js';

export interface RelayOptions {
  /** Rows delivered to the audit service at once. */
  readonly batch: number;
}

/** The tenants whose rows one delivery takes. The next delivery goes on after the last of them. */
const tenantsAtOnce = 64;

/** Delivers rows of the outbox, each time some of every waiting tenant's, so that no tenant waits for another's backlog. */
export class Relay {
  private readonly deferrals: Deferrals;
  private readonly pace: Pace;
  /** @see DeliveryChannel.refused */
  private readonly refused = new Set<string>();
  /** The last tenant of the delivery before. */
  private last: string | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly channel: AppendChannel,
    private readonly log: Logger,
    private readonly options: RelayOptions & { readonly partition: string },
  ) {
    this.pace = new Pace(channel.timeoutMs);
    this.deferrals = new Deferrals(options.batch);
  }

  /** Whether rows are left out for some time. */
  get defers(): boolean {
    return this.deferrals.tenants.length > 0;
  }

  /** @see Pace.rest */
  rest(ms: number, filled: number): number {
    return this.pace.rest(ms, filled);
  }

  /** @see Pace.gather */
  gather({ sealed }: Delivery): number {
    return this.pace.gather(sealed);
  }

  /** Delivers the next rows. */
  next(): Promise<Delivery> {
    return this.deliver(undefined, (manager) => this.claim(manager));
  }

  /** Retries deferred rows in a transaction of their own, so that no other row waits for them. */
  async retry(): Promise<Delivery | undefined> {
    const due = this.deferrals.due();
    if (due === undefined) return undefined;
    return this.deliver(due, (manager) => claimEntries(manager, this.options.batch, due.ids, this.append));
  }

  private get append(): AppendSize {
    return { bytes: this.channel.limit, events: this.pace.events };
  }

  private async claim(manager: EntityManager): Promise<readonly ClaimedEntry[]> {
    const { batch, partition } = this.options;
    const tenants = await this.tenants(manager);
    if (tenants.length === 0) return [];
    const perTenant = Math.max(1, Math.floor(batch / tenants.length));
    const { append, behind } = this;
    return claimFairly(manager, { partition, tenants, perTenant, except: this.deferrals.ids, behind, append });
  }

  /**
   * The tenants whose rows come last, so that a refused tenant's keep no other's from being tried. The one that was refused last is
   * the last of all: while nothing is sealed, every tenant is tried in its turn.
   */
  private get behind(): readonly string[] {
    const deferred = this.deferrals.tenants.filter((id) => !this.refused.has(id));
    return [...deferred, ...this.refused];
  }

  /** The tenants whose turn it is. After the last tenant comes the first. */
  private async tenants(manager: EntityManager): Promise<readonly string[]> {
    const { partition } = this.options;
    const following = await waitingTenants(manager, partition, this.last, tenantsAtOnce);
    const tenants =
      following.length > 0 || this.last === null
        ? following
        : await waitingTenants(manager, partition, null, tenantsAtOnce);
    this.last = tenants.length < tenantsAtOnce ? null : (tenants.at(-1) ?? null);
    return tenants;
  }

  private async deliver(
    due: DueRows | undefined,
    claim: (manager: EntityManager) => Promise<readonly ClaimedEntry[]>,
  ): Promise<Delivery> {
    const { ask, limit } = this.channel;
    const { pace, refused, log } = this;
    const [delivery, untaken] = await this.dataSource.transaction(async (manager) => {
      const rows = await claim(manager);
      const under = new Delivery(manager, { ask, limit, pace, refused, log }, due !== undefined);
      await under.take(rows);
      return [under, rows.slice(under.taken)] as const;
    });
    this.remember(delivery, due, untaken);
    return delivery;
  }

  /** Records the result of a delivery. Call it after the commit. */
  private remember(delivery: Delivery, due: DueRows | undefined, untaken: readonly ClaimedEntry[]): void {
    if (due !== undefined) return this.rememberRetry(delivery, due, untaken);
    for (const [tenantId, rows] of Map.groupBy(delivery.deferred, (row) => row.tenantId))
      this.deferrals.put(
        tenantId,
        rows.map(({ id }) => id),
      );
    for (const tenantId of new Set(delivery.sealed.map((row) => row.tenantId))) this.deferrals.sealed(tenantId);
  }

  private rememberRetry({ deferred, sealed }: Delivery, due: DueRows, untaken: readonly ClaimedEntry[]): void {
    const { tenantId } = due;
    const again = deferred.map(({ id }) => id);
    // The other due rows are sealed, quarantined, or held by another relay.
    const stay = new Set([...again, ...untaken.map(({ id }) => id)]);
    this.deferrals.drop({ tenantId, ids: due.ids.filter((id) => !stay.has(id)) });
    if (again.length > 0) this.deferrals.refused({ tenantId, ids: again });
    if (sealed.length > 0) this.deferrals.retried(tenantId);
  }
}
