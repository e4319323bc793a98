import { hash } from 'node:crypto';
import { AnkaError, type Context, type KeySet, monotonicNow } from '@ankasecure/contracts';
import { BoundedMap, BusClient, type TurnLimits, Turns } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { askSet } from './asked-set.js';
import { type AnonymousContext, busy, type KnownTenant, TenantSearch } from './tenant-search.js';

/** The time for which callers can cache a set. */
export const maxAgeSeconds = 60;
/** The longest time for which a set is served while no worker says whether it is current, in milliseconds. */
export const unconfirmedMs = 10_000;
/** The age at which a set is read again although no record has changed, in milliseconds. */
const rereadMs = 60_000;
/** The number of cached sets. */
const capacity = 1_000;

/** Limits on looks for sets. One look serves all callers of a set, so no more wait than there are tenants. */
const looks: TurnLimits = { all: { running: 8, waiting: 10_000 }, each: { running: 1, waiting: 1 }, waitMs: 3000 };

export interface PublishedSet {
  readonly body: Buffer;
  /** A strong validator: it changes with the set. */
  readonly etag: string;
  readonly isTruncated: boolean;
  readonly isEmpty: boolean;
}

interface CachedSet {
  readonly set: PublishedSet;
  /** null if the worker is of an earlier release. */
  readonly position: number | null;
  /** When it was read, and when a worker last said that it is current; times of `monotonicNow`. */
  readonly readAt: number;
  readonly confirmedAt: number;
}

/** A look at a tenant's set, and the one that begins when it has ended. */
interface Look {
  readonly running: Promise<PublishedSet>;
  next?: Promise<PublishedSet>;
}

/**
 * Serves tenants' public keys to anonymous callers. Each answer is of a look that began after the request: a change that has
 * returned is in every set that is served from then on, on every gateway. A look asks a worker whether the tenant's records
 * have changed, and reads the set again only if they have.
 */
@Injectable()
export class KeySets {
  private readonly kept = new BoundedMap<string, CachedSet>(capacity);
  private readonly looks = new Map<string, Look>();
  private readonly turns = new Turns(looks, busy);

  constructor(
    private readonly bus: BusClient,
    private readonly tenants: TenantSearch,
  ) {}

  /** @throws AnkaError `key-set-not-found`; `service-unavailable` when too many requests run; any error of the services */
  async of(slug: string, context: AnonymousContext, now = monotonicNow()): Promise<PublishedSet> {
    return this.look(await this.tenants.find(slug, context, now), context);
  }

  /** The set of one key, or of none. @throws AnkaError as `of` */
  async ofKid(slug: string, kid: string, context: AnonymousContext): Promise<PublishedSet> {
    const tenant = await this.tenants.find(slug, context, monotonicNow());
    return this.tenants.inTurn(async () => {
      const { set } = await askSet(this.bus, tenant.partition, contextOf(tenant, context), { kid });
      return publishedOf(set);
    });
  }

  /** Joins the next look. One that has begun may have missed a change that has returned since. */
  private look(tenant: KnownTenant, context: AnonymousContext): Promise<PublishedSet> {
    const before = this.looks.get(tenant.id);
    if (before === undefined) return this.begin(tenant, context);
    before.next ??= before.running.then(
      () => this.begin(tenant, context),
      () => this.begin(tenant, context),
    );
    return before.next;
  }

  private begin(tenant: KnownTenant, context: AnonymousContext): Promise<PublishedSet> {
    const look: Look = { running: this.turns.run(tenant.id, () => this.current(tenant, context)) };
    this.looks.set(tenant.id, look);
    const end = (): void => {
      if (look.next === undefined) this.looks.delete(tenant.id);
    };
    look.running.then(end, end);
    return look.running;
  }

  /** The current set. While no worker answers, it is the last one, for as long as `unconfirmedMs`. */
  private async current(tenant: KnownTenant, context: AnonymousContext): Promise<PublishedSet> {
    const kept = this.kept.use(tenant.id);
    const from = monotonicNow();
    try {
      return await this.confirmed(tenant, context, kept, from);
    } catch (error) {
      const isKept = kept !== undefined && from - kept.confirmedAt < unconfirmedMs;
      if (isKept && error instanceof AnkaError && error.retryable) return kept.set;
      throw error;
    }
  }

  private async confirmed(
    tenant: KnownTenant,
    context: AnonymousContext,
    kept: CachedSet | undefined,
    from: number,
  ): Promise<PublishedSet> {
    const known = kept !== undefined && from - kept.readAt < rereadMs ? kept : undefined;
    const question = { known: known?.position ?? null };
    const { position, set } = await askSet(this.bus, tenant.partition, contextOf(tenant, context), question);
    const now: CachedSet =
      set === null && known !== undefined
        ? { ...known, confirmedAt: from }
        : { set: publishedOf(set), position, readAt: from, confirmedAt: from };
    this.kept.set(tenant.id, now);
    return now.set;
  }
}

const contextOf = ({ id }: KnownTenant, context: AnonymousContext): Context => ({
  ...context,
  principal: 'anybody',
  tenantId: id,
});

/** @param set null only for a caller that has a set, and this one had none */
const publishedOf = (set: KeySet | null): PublishedSet => {
  if (set === null) throw new AnkaError('internal-error');
  const body = Buffer.from(JSON.stringify(set));
  return {
    body,
    etag: `"${hash('sha256', body, 'base64url')}"`,
    isTruncated: set.truncated === true,
    isEmpty: set.keys.length === 0,
  };
};
