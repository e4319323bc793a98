import { hash } from 'node:crypto';
import { AnkaError, type Context, findTenant, getKeySet, tenantSlug } from '@ankasecure/contracts';
import { BoundedMap, BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';

/** The time for which callers can cache a set. */
export const maxAgeSeconds = 60;
/** The time that a key set is cached here, in milliseconds. More frequent requests do not reach the other services. */
const cachedMs = 2_000;
/** The number of cached sets and unknown names. The oldest is displaced first. */
const capacity = 1_000;
/** The maximum number of running requests to the other services. Callers are anonymous, so their share is limited. */
const mostRunning = 16;

export interface PublishedSet {
  readonly body: Buffer;
  /** A strong validator: it changes with the set. */
  readonly etag: string;
}

interface CachedSet {
  readonly until: number;
  readonly set: Promise<PublishedSet>;
}

type AnonymousContext = Omit<Context, 'tenantId' | 'principal'>;

/** Serves tenants' public keys to anonymous callers. */
@Injectable()
export class KeySets {
  private readonly kept = new BoundedMap<string, CachedSet>(capacity);
  private running = 0;

  constructor(private readonly bus: BusClient) {}

  /** @throws AnkaError `key-set-not-found`; `service-unavailable` when too many requests run; any error of the services */
  of(slug: string, context: AnonymousContext, now = Date.now()): Promise<PublishedSet> {
    const known = this.kept.get(slug);
    if (known !== undefined && known.until > now) return known.set;
    if (!tenantSlug.safeParse(slug).success) return Promise.reject(unknown());
    if (this.running >= mostRunning)
      return Promise.reject(new AnkaError('service-unavailable', 'Too many key sets are being read. Try again.'));
    const set = this.ask(slug, context);
    this.keep(slug, { until: now + cachedMs, set });
    return set;
  }

  private keep(slug: string, kept: CachedSet): void {
    this.kept.set(slug, kept);
    kept.set.catch((error: unknown) => {
      const stays = error instanceof AnkaError && error.code === 'key-set-not-found';
      if (!stays && this.kept.get(slug) === kept) this.kept.delete(slug);
    });
  }

  private async ask(slug: string, context: AnonymousContext): Promise<PublishedSet> {
    this.running++;
    try {
      const nobody = { ...context, principal: 'anybody' };
      const { id, partition } = await this.tenant(slug, { ...nobody, tenantId: anybodysTenant });
      const set = await this.bus.request(getKeySet, partition, { ...nobody, tenantId: id }, {});
      const body = Buffer.from(JSON.stringify(set));
      return { body, etag: `"${hash('sha256', body, 'base64url')}"` };
    } finally {
      this.running--;
    }
  }

  private async tenant(slug: string, context: Context): Promise<{ id: string; partition: string }> {
    try {
      return await this.bus.request(findTenant, '', context, { slug });
    } catch (error) {
      throw error instanceof AnkaError && error.code === 'tenant-unknown' ? unknown() : error;
    }
  }
}

/** The context of a search for the tenant. It names no tenant yet. */
const anybodysTenant = '00000000-0000-0000-0000-000000000000';

const unknown = (): AnkaError => new AnkaError('key-set-not-found', 'There is no tenant with this slug');
