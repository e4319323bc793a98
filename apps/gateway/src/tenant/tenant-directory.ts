import { AnkaError, type Context, getTenant } from '@ankasecure/contracts';
import type { Bus } from '@ankasecure/service-kit';
import type { Principal } from '../auth/principal.js';

const withinMs = 5000;
const partitionName = /^[A-Za-z0-9_-]{1,64}$/;

/** Which partition each tenant lives on. A tenant never moves, so policy is asked once per tenant. */
export class TenantDirectory {
  private readonly partitions = new Map<string, string>();
  private readonly asked = new Map<string, Promise<string>>();

  constructor(private readonly bus: Pick<Bus, 'request'>) {}

  known(tenantId: string): string | undefined {
    return this.partitions.get(tenantId);
  }

  /** @throws AnkaError `tenant-unknown`, or whatever kept policy from answering */
  async find({ tenantId, subject }: Principal, correlationId: string): Promise<string> {
    const context = { tenantId, principal: subject, correlationId, deadline: Date.now() + withinMs };
    const asked = this.asked.get(tenantId) ?? this.ask(context);
    this.asked.set(tenantId, asked);
    try {
      return await asked;
    } finally {
      this.asked.delete(tenantId);
    }
  }

  private async ask(context: Context): Promise<string> {
    const { id, partition } = await this.bus.request(getTenant, '', context, {});
    if (id !== context.tenantId || !partitionName.test(partition)) throw new AnkaError('internal-error');
    this.partitions.set(id, partition);
    return partition;
  }
}
