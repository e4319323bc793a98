import { monotonicNow } from '@ankasecure/contracts';
import { allHeads, BusClient, ownContext, RecordHistory } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type Planned, plannedBy } from './planned.js';

/** Milliseconds. */
const times = {
  /** The time for which the plans of a tenant are not listed again, although its trail moves. */
  listed: 600_000,
  /** Longest that the audit service is waited for. */
  answer: 10_000,
};

interface Listed {
  readonly position: number;
  readonly at: number;
  readonly planned: readonly Planned[];
}

/**
 * What the audit trail says is planned of the tenants of this worker's partition. The heads of a tenant are listed once, and again
 * when its trail has moved, every ten minutes at most.
 */
@Injectable()
export class TrailPlans {
  private readonly known = new Map<string, Listed>();

  constructor(
    private readonly bus: BusClient,
    private readonly history: RecordHistory,
  ) {}

  /** The tenants to list now, those first that wait longest. */
  stale(): readonly string[] {
    const waiting = [...this.history.positions.all].filter(([tenantId, position]) => {
      const known = this.known.get(tenantId);
      return known === undefined || (known.position !== position && monotonicNow() - known.at >= times.listed);
    });
    const listedAt = ([tenantId]: readonly [string, number]): number => this.known.get(tenantId)?.at ?? 0;
    return waiting.toSorted((one, other) => listedAt(one) - listedAt(other)).map(([tenantId]) => tenantId);
  }

  /** @throws AnkaError if the audit service does not answer */
  async list(tenantId: string): Promise<void> {
    const [at, position] = [monotonicNow(), this.history.positions.of(tenantId)];
    const planned: Planned[] = [];
    for (const kind of ['key_version', 'rotation_policy'] as const) {
      const context = ownContext('crypto-worker', times.answer, tenantId);
      planned.push(...plannedBy(tenantId, await allHeads(this.bus, context, 'crypto-worker', kind)));
    }
    this.known.set(tenantId, { position, at, planned });
  }

  all(): readonly Planned[] {
    return [...this.known.values()].flatMap(({ planned }) => planned);
  }
}
