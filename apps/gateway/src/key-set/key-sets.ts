import { hash } from 'node:crypto';
import { AnkaError, type Context, findTenant, getKeySet, monotonicNow, tenantSlug } from '@ankasecure/contracts';
import { BoundedMap, BusClient, type TurnLimits, Turns } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { originOf } from '../identity/origin.js';

/** The time for which callers can cache a set. */
export const maxAgeSeconds = 60;
/** The time that a key set is cached here, in milliseconds. More frequent requests do not reach the other services. */
const cachedMs = 2_000;
/** A set is cached for this multiple of the time that it took to read, so that reading it again and again takes a small part of the time. */
const restFactor = 10;
/** The longest time that a set is cached here, in milliseconds. */
const cachedMostMs = 20_000;
/** The number of cached sets, of known tenants, and of unknown names. Unknown names displace no tenant. */
const capacity = { sets: 1_000, tenants: 10_000, unknown: 10_000 };

/** Limits on searches for tenants by names that are not known here, by callers' networks. Anybody can make up a name. */
const searches: TurnLimits = { all: { running: 4, waiting: 400 }, each: { running: 2, waiting: 100 }, waitMs: 3000 };
/** Limits on reading sets. A set is read once for all its callers, so no more wait than there are tenants. */
const readings: TurnLimits = { all: { running: 8, waiting: 10_000 }, each: { running: 1, waiting: 1 }, waitMs: 3000 };

const busy = (): AnkaError => new AnkaError('service-unavailable', 'Too many key sets are being read. Try again.');

export interface PublishedSet {
  readonly body: Buffer;
  /** A strong validator: it changes with the set. */
  readonly etag: string;
}

interface CachedSet {
  readonly until: number;
  readonly set: PublishedSet;
}

/** A tenant's id and partition. Neither changes. */
interface KnownTenant {
  readonly id: string;
  readonly partition: string;
}

type AnonymousContext = Omit<Context, 'tenantId' | 'principal'>;

/** Serves tenants' public keys to anonymous callers. */
@Injectable()
export class KeySets {
  private readonly kept = new BoundedMap<string, CachedSet>(capacity.sets);
  private readonly reading = new Map<string, Promise<PublishedSet>>();
  private readonly tenants = new BoundedMap<string, KnownTenant>(capacity.tenants);
  /** The names that no tenant has, each with the time until which that is believed. */
  private readonly unknown = new BoundedMap<string, number>(capacity.unknown);
  private readonly searches = new Turns(searches, busy);
  private readonly readings = new Turns(readings, busy);

  constructor(private readonly bus: BusClient) {}

  /** @throws AnkaError `key-set-not-found`; `service-unavailable` when too many requests run; any error of the services */
  async of(slug: string, context: AnonymousContext, now = monotonicNow()): Promise<PublishedSet> {
    const known = this.kept.get(slug);
    if (known !== undefined && known.until > now) return known.set;
    if (!tenantSlug.safeParse(slug).success || (this.unknown.get(slug) ?? 0) > now) throw noSet();
    // A caller joins no search that waits in the line of another network, even for the same tenant.
    const name = this.tenants.has(slug) ? slug : `${slug} ${originOf()}`;
    const reading = this.reading.get(name) ?? this.read(slug, context, now);
    this.reading.set(name, reading);
    return reading.finally(() => this.reading.delete(name));
  }

  private async read(slug: string, context: AnonymousContext, now: number): Promise<PublishedSet> {
    const started = performance.now();
    const set = await this.ask(slug, context, now);
    const took = performance.now() - started;
    this.kept.set(slug, { until: now + Math.min(cachedMostMs, Math.max(cachedMs, restFactor * took)), set });
    return set;
  }

  private async ask(slug: string, context: AnonymousContext, now: number): Promise<PublishedSet> {
    const nobody = { ...context, principal: 'anybody' };
    const { id, partition } =
      this.tenants.use(slug) ??
      (await this.searches.run(originOf(), () => this.search(slug, { ...nobody, tenantId: anybodysTenant }, now)));
    return this.readings.run(slug, async () => {
      const set = await this.bus.request(getKeySet, partition, { ...nobody, tenantId: id }, {});
      const body = Buffer.from(JSON.stringify(set));
      return { body, etag: `"${hash('sha256', body, 'base64url')}"` };
    });
  }

  private async search(slug: string, context: Context, now: number): Promise<KnownTenant> {
    try {
      const { id, partition } = await this.bus.request(findTenant, '', context, { slug });
      const tenant = { id, partition };
      this.tenants.set(slug, tenant);
      return tenant;
    } catch (error) {
      if (!(error instanceof AnkaError && error.code === 'tenant-unknown')) throw error;
      this.unknown.set(slug, now + cachedMs);
      throw noSet();
    }
  }
}

/** The context of a search for the tenant. It names no tenant yet. */
const anybodysTenant = '00000000-0000-0000-0000-000000000000';

const noSet = (): AnkaError => new AnkaError('key-set-not-found', 'There is no tenant with this slug');
