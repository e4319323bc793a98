import { AnkaError } from '@ankasecure/contracts';

export interface ReadBounds {
  /** The name of the reads, in the plural. */
  readonly what: string;
  readonly perTenant: number;
  readonly inAll: number;
}

/**
 * Limits the reads of one kind that an instance has in progress, of one tenant and of all tenants. Each read holds a
 * connection. Reads beyond the limit are refused, not queued, so that no tenant's reads wait behind another's.
 */
export class ReadLimit {
  private readonly running = new Map<string, number>();
  private all = 0;

  constructor(private readonly bounds: ReadBounds) {}

  /** @throws AnkaError `service-unavailable` when too many run */
  async run<Value>(tenantId: string, read: () => Promise<Value>): Promise<Value> {
    const { what, perTenant, inAll } = this.bounds;
    const own = this.running.get(tenantId) ?? 0;
    if (own >= perTenant)
      throw new AnkaError(
        'service-unavailable',
        `The tenant has too many concurrent ${what}. Try again when one has finished.`,
      );
    if (this.all >= inAll)
      throw new AnkaError('service-unavailable', `Other tenants are running too many ${what}. Try again.`);
    this.running.set(tenantId, own + 1);
    this.all++;
    try {
      return await read();
    } finally {
      this.all--;
      const left = (this.running.get(tenantId) ?? 1) - 1;
      if (left > 0) this.running.set(tenantId, left);
      else this.running.delete(tenantId);
    }
  }
}
