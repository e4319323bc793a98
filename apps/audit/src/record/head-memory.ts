import type { KnownHeads } from './known-heads.js';

/** Keeps the heads of the tenants that were asked about last, up to a number of heads in all; at least one tenant's. */
export class HeadMemory {
  private readonly tenants = new Map<string, { readonly heads: KnownHeads; size: number }>();
  private total = 0;

  constructor(private readonly most: number) {}

  get(tenantId: string): KnownHeads | undefined {
    const held = this.tenants.get(tenantId);
    if (held === undefined) return undefined;
    this.tenants.delete(tenantId);
    this.tenants.set(tenantId, held);
    return held.heads;
  }

  /** Call it again when the tenant has more heads. */
  set(tenantId: string, heads: KnownHeads): void {
    this.delete(tenantId);
    this.tenants.set(tenantId, { heads, size: heads.size });
    this.total += heads.size;
    for (const other of this.tenants.keys()) {
      if (this.total <= this.most || other === tenantId) return;
      this.delete(other);
    }
  }

  delete(tenantId: string): void {
    this.total -= this.tenants.get(tenantId)?.size ?? 0;
    this.tenants.delete(tenantId);
  }

  clear(): void {
    this.tenants.clear();
    this.total = 0;
  }
}
