import { AnkaError, type Context, findTenant, tenantSlug } from '@ankasecure/contracts';
import { BoundedMap, BusClient, type TurnLimits, Turns } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { originOf } from '../identity/origin.js';

/** The number of known tenants and of unknown names. Unknown names displace no tenant. */
const capacity = { tenants: 10_000, unknown: 10_000 };
/** The time for which a name counts as unknown, in milliseconds. */
const unknownMs = 2_000;

/** Limits on what is searched for by callers' networks. Anybody can make up a name. */
const searches: TurnLimits = { all: { running: 4, waiting: 400 }, each: { running: 2, waiting: 100 }, waitMs: 3000 };

export const busy = (): AnkaError =>
  new AnkaError('service-unavailable', 'Too many key sets are being read. Try again.');

/** A tenant's id and partition. Neither changes. */
export interface KnownTenant {
  readonly id: string;
  readonly partition: string;
}

export type AnonymousContext = Omit<Context, 'tenantId' | 'principal'>;

/** The context of a search for the tenant. It names no tenant yet. */
const anybody = { principal: 'anybody', tenantId: '00000000-0000-0000-0000-000000000000' } as const;

const noSet = (): AnkaError => new AnkaError('key-set-not-found', 'There is no tenant with this slug');

/** Finds tenants by their slugs for anonymous callers. */
@Injectable()
export class TenantSearch {
  private readonly tenants = new BoundedMap<string, KnownTenant>(capacity.tenants);
  /** The names that no tenant has, each with the time until which that is believed. */
  private readonly unknown = new BoundedMap<string, number>(capacity.unknown);
  private readonly searching = new Map<string, Promise<KnownTenant>>();
  private readonly turns = new Turns(searches, busy);

  constructor(private readonly bus: BusClient) {}

  /** @throws AnkaError `key-set-not-found`; `service-unavailable` when too many searches run; any error of the service */
  async find(slug: string, context: AnonymousContext, now: number): Promise<KnownTenant> {
    const known = this.tenants.use(slug);
    if (known !== undefined) return known;
    if (!tenantSlug.safeParse(slug).success || (this.unknown.get(slug) ?? 0) > now) throw noSet();
    // A caller joins no search that waits in the line of another network, even for the same tenant.
    const name = `${slug} ${originOf()}`;
    const searching = this.searching.get(name) ?? this.inTurn(() => this.search(slug, context, now));
    this.searching.set(name, searching);
    return searching.finally(() => this.searching.delete(name));
  }

  /** Runs a search when its caller's network has a turn. @throws AnkaError `service-unavailable`; whatever `search` throws */
  inTurn<Found>(search: () => Promise<Found>): Promise<Found> {
    return this.turns.run(originOf(), search);
  }

  private async search(slug: string, context: AnonymousContext, now: number): Promise<KnownTenant> {
    try {
      const { id, partition } = await this.bus.request(findTenant, '', { ...context, ...anybody }, { slug });
      const tenant = { id, partition };
      this.tenants.set(slug, tenant);
      return tenant;
    } catch (error) {
      if (!(error instanceof AnkaError && error.code === 'tenant-unknown')) throw error;
      this.unknown.set(slug, now + unknownMs);
      throw noSet();
    }
  }
}
