import { monotonicNow } from '@ankasecure/contracts';

/** The pause before a tenant's rows are tried again, in milliseconds. It doubles at each refusal. */
const pause = { first: 1000, most: 10_000 };
/** A tenant's next retry has so many times fewer rows after a refusal, and more once rows were sealed. */
const step = 4;

/** A tenant whose rows are deferred. Times are moments of `monotonicNow`. */
interface DeferredTenant {
  /** The rows; the one that was refused the longest time ago first. */
  readonly rows: Set<string>;
  /** The most rows of the next retry. */
  atOnce: number;
  pauseMs: number;
  until: number;
  /** Whether none of the tenant's rows was sealed since one that was not deferred yet was refused. */
  isRefused: boolean;
}

/** Rows of one tenant that are to be retried. */
export interface DueRows {
  readonly tenantId: string;
  readonly ids: readonly string[];
}

/**
 * Rows that the audit service refused for a reason outside the row, as far as this process knows. Most often their tenant's
 * trail cannot be sealed at the time.
 *
 * Each refused retry of a tenant's rows quarters the next one and doubles the pause, so a row that keeps failing finally fails alone,
 * and a trail that stays refused costs one row in ten seconds. Each retry that seals a row ends the pause and quadruples the next
 * one, so whatever has waited leaves soon.
 */
export class Deferrals {
  /** The tenant whose last retry was the longest time ago comes first. */
  private readonly deferred = new Map<string, DeferredTenant>();

  /** @param most rows of one retry */
  constructor(private readonly most: number) {}

  get ids(): readonly string[] {
    return [...this.deferred.values()].flatMap(({ rows }) => [...rows]);
  }

  /** The tenants of the rows. */
  get tenants(): readonly string[] {
    return [...this.deferred.keys()];
  }

  /**
   * Returns the rows to retry. All belong to one tenant, so that no tenant waits for another's trail. The tenant has had its turn then,
   * whatever comes of it.
   */
  due(now = monotonicNow()): DueRows | undefined {
    for (const [tenantId, tenant] of this.deferred) {
      if (tenant.until > now) continue;
      this.deferred.delete(tenantId);
      this.deferred.set(tenantId, tenant);
      return { tenantId, ids: [...tenant.rows].slice(0, tenant.atOnce) };
    }
    return undefined;
  }

  /** Defers rows that were not deferred yet. */
  put(tenantId: string, ids: readonly string[], now = monotonicNow()): void {
    const tenant = this.deferred.get(tenantId) ?? this.begin(now);
    this.deferred.set(tenantId, tenant);
    tenant.isRefused = true;
    for (const id of ids) tenant.rows.add(id);
  }

  private begin(now: number): DeferredTenant {
    return {
      rows: new Set(),
      atOnce: this.most,
      pauseMs: pause.first,
      until: now + pause.first,
      isRefused: true,
    };
  }

  /** Takes note that a retry has sealed none of a tenant's rows. Those that were refused go behind the tenant's others. */
  refused({ tenantId, ids }: DueRows, now = monotonicNow()): void {
    const tenant = this.deferred.get(tenantId);
    if (tenant === undefined) return;
    for (const id of ids) if (tenant.rows.delete(id)) tenant.rows.add(id);
    tenant.atOnce = Math.max(1, Math.floor(tenant.atOnce / step));
    tenant.pauseMs = Math.min(pause.most, tenant.pauseMs * 2);
    tenant.until = now + tenant.pauseMs;
  }

  /** Takes note that a retry has sealed some of a tenant's rows: its other rows follow at once. */
  retried(tenantId: string, now = monotonicNow()): void {
    const tenant = this.deferred.get(tenantId);
    if (tenant === undefined) return;
    tenant.atOnce = Math.min(this.most, tenant.atOnce * step);
    tenant.pauseMs = pause.first;
    tenant.until = now;
    tenant.isRefused = false;
  }

  /**
   * Takes note that a row of the tenant was sealed that was not deferred: its deferred rows are retried at once if the tenant was
   * refused until then, and not each time. One that cannot be sealed does not hold up those that can.
   */
  sealed(tenantId: string, now = monotonicNow()): void {
    if (this.deferred.get(tenantId)?.isRefused === true) this.retried(tenantId, now);
  }

  drop({ tenantId, ids }: DueRows): void {
    const tenant = this.deferred.get(tenantId);
    for (const id of ids) tenant?.rows.delete(id);
    if (tenant?.rows.size === 0) this.deferred.delete(tenantId);
  }
}
