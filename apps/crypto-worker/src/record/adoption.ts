import { randomBytes } from 'node:crypto';
import type { Service } from '@ankasecure/contracts';
import { monotonicNow } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import type { PlatformKeyKind } from '../custody/object-owner.js';
import { Partition } from '../custody/partition.js';

const budgetMs = 30_000;
const dayMs = 86_400_000;

/** The services whose records are sealed. */
const sealing = ['crypto-worker', 'gateway', 'policy'] as const satisfies readonly Service[];

/** The keys that every tenant of a release without seals has in the token. */
const keysOfTenants = ['audit-mac', 'kek'] as const satisfies readonly PlatformKeyKind[];

/**
 * Decides by marks in the token alone whether records that stand without a seal may be sealed. A mark is an object with a label,
 * and is used for nothing. Nobody who owns the databases can make or remove one.
 *
 * A token that has keys of tenants and no record key comes from a release without seals: it gets a mark that opens the
 * adoption for the day and the one after. All others are closed, a new token before it gets its record key.
 */
@Injectable()
export class Adoption {
  private readonly ended = new Set<Service>();

  constructor(
    private readonly custody: Custody,
    private readonly partition: Partition,
  ) {}

  /**
   * Marks a token that gets its record key next.
   * @param tenants where to look for keys of a release without seals. Names of others change nothing
   */
  async begin(tenants: readonly string[]): Promise<void> {
    if (await this.holdsKeyOfAny(tenants)) return this.open();
    await this.endAll(sealing);
  }

  /**
   * Marks a token that has its record key. Unless an upgrade is under way, its records are sealed. Without a single mark, the
   * upgrade did not get far, or an administrator of the HSM has removed the marks to repeat it.
   */
  async settle(): Promise<void> {
    const marked = await Promise.all(sealing.map((service) => this.isMarked(service)));
    const unmarked = sealing.filter((_, index) => marked[index] !== true);
    if (unmarked.length === sealing.length) return this.open();
    if (unmarked.length === 0 || (await this.isUpgrading())) return;
    await this.endAll(unmarked);
  }

  /** Tells whether records of the service that stand without a seal may still be sealed. */
  async isOpen(service: Service): Promise<boolean> {
    return !(await this.isMarked(service)) && (await this.isUpgrading());
  }

  /** Ends it for good. Two workers that do so at once leave two marks, which say the same. */
  async end(service: Service): Promise<void> {
    if (await this.isMarked(service)) return;
    await this.mark(this.endOf(service));
    this.ended.add(service);
  }

  /** At once: other workers wait for the one that makes the record key. */
  private async endAll(services: readonly Service[]): Promise<void> {
    await Promise.all(services.map((service) => this.end(service)));
  }

  private async open(): Promise<void> {
    if (!(await this.isUpgrading())) await this.mark(this.upgradeOf(0));
  }

  private async isMarked(service: Service): Promise<boolean> {
    if (this.ended.has(service)) return true;
    const marked = await this.has(this.endOf(service));
    if (marked) this.ended.add(service);
    return marked;
  }

  private async isUpgrading(): Promise<boolean> {
    const [today, yesterday] = await Promise.all([this.has(this.upgradeOf(0)), this.has(this.upgradeOf(1))]);
    return today || yesterday;
  }

  private async holdsKeyOfAny(tenants: readonly string[]): Promise<boolean> {
    for (const tenantId of tenants)
      for (const kind of keysOfTenants)
        if ((await this.custody.platformObjects(this.budget(), kind, tenantId)).length > 0) return true;
    return false;
  }

  private async has(label: string): Promise<boolean> {
    return (await this.custody.findByLabel(this.budget(), 'record-mac', label)).length > 0;
  }

  private async mark(label: string): Promise<void> {
    await this.custody.generatePlatformKey(this.budget(), { kind: 'record-mac', label, objectId: randomBytes(16) });
  }

  private endOf(service: Service): string {
    return `ankasecure:records-adopted:${this.partition.name}:${service}`;
  }

  /** The mark of an upgrade that began `daysAgo` days ago, in UTC. */
  private upgradeOf(daysAgo: number): string {
    const day = new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 10);
    return `ankasecure:records-adopting:${this.partition.name}:${day}`;
  }

  private budget() {
    return { deadline: monotonicNow() + budgetMs };
  }
}
