import { AnkaError, maxHeads, platformTenantId, tried } from '@ankasecure/contracts';
import { assertAbsent, BusClient, positionsOnRecord, RecordHistory, sealsOf } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { Tenant } from './tenant.entity.js';

/** Longest that the trail is waited for, in milliseconds. */
const patienceMs = 5_000;

/**
 * Knows the slug of every tenant that the audit trail names. A slug names one tenant for ever, and the database alone does not
 * tell whether it is free: its owner can hide a tenant from the question, or have two. The audit service names the tenants, each is
 * loaded by its id, and what its sealed record says is kept, because no slug ever changes. Each tenant is loaded once in a process.
 */
@Injectable()
export class TenantSlugs {
  private readonly slugs = new Map<string, string>();
  /** Whether the trail has named all tenants once. */
  private isTold = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly history: RecordHistory,
  ) {}

  /**
   * Checks that no tenant has the slug that a new one is to have, where the database shows none. The platform's own tenant is the
   * service's own, and comes before any other.
   * A tenant that is missing raises its alarm, and its slug counts if this process has seen it: one that a restore has lost for good
   * must not keep all others from being made.
   * @throws AnkaError `record-outdated` if one has it; `audit-unavailable` (retryable) while the trail does not name the tenants
   */
  async assertFree(manager: EntityManager, { id, slug }: Pick<Tenant, 'id' | 'slug'>): Promise<void> {
    if (id === platformTenantId) return;
    for (const unseen of await this.learn()) await missed(manager, unseen);
    const [hidden] = this.othersWith(slug, id);
    if (hidden === undefined) return;
    throw sealsOf(manager).rejections.reject({ table: 'tenant', tenantId: hidden, id: hidden }, 'missing');
  }

  /**
   * Checks that the tenant which the database shows is the only one of its slug. Gateways keep the answer, so each asks once.
   * @throws AnkaError `record-forged` if there are several; `audit-unavailable` (retryable) if the trail has never named the tenants
   */
  async assertOnly(manager: EntityManager, tenant: Tenant): Promise<void> {
    const { error } = await tried(() => this.learn());
    if (error !== undefined && !this.isTold) throw error;
    if (this.othersWith(tenant.slug, tenant.id).length > 0) throw sealsOf(manager).reject(manager, tenant, 'ambiguous');
  }

  /** Keeps the slug of a tenant that was stored here. */
  keep({ id, slug }: Pick<Tenant, 'id' | 'slug'>): void {
    this.slugs.set(id, slug);
  }

  private othersWith(slug: string, id: string): readonly string[] {
    return [...this.slugs].filter(([other, theirs]) => theirs === slug && other !== id).map(([other]) => other);
  }

  /** @returns the tenants that the trail names and the database does not show @throws AnkaError `audit-unavailable`, `record-forged` */
  private async learn(): Promise<readonly string[]> {
    const positions = await positionsOnRecord(this.bus, { owner: 'policy', partition: null }, patienceMs).catch(
      unknown,
    );
    const wanted = [...positions.keys()].filter((id) => !this.slugs.has(id));
    // Their age does not matter, and a tenant that is behind has its slug all the same.
    await this.history.without(async () => {
      for (let start = 0; start < wanted.length; start += maxHeads)
        for (const { id, slug } of await this.load(wanted.slice(start, start + maxHeads))) this.slugs.set(id, slug);
    });
    this.isTold = true;
    return wanted.filter((id) => !this.slugs.has(id));
  }

  private load(ids: readonly string[]): Promise<Tenant[]> {
    return this.dataSource.manager.findBy(Tenant, { id: In([...ids]) });
  }
}

/** Raises the alarm about a tenant that the trail names, unless it was deleted on record. */
const missed = async (manager: EntityManager, id: string): Promise<void> => {
  const { error } = await tried(async () => assertAbsent(manager, Tenant, { id }));
  if (error !== undefined && error.code !== 'record-outdated') throw error;
};

const unknown = (error: unknown): never => {
  if (!(error instanceof AnkaError) || !error.retryable) throw error;
  const detail = `The audit trail cannot tell now which tenants there are (${error.code}). Try again.`;
  throw new AnkaError('audit-unavailable', detail, { cause: error });
};
