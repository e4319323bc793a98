import { monotonicNow, type RecordHead, readHighestRevision, type Service } from '@ankasecure/contracts';
import { BoundedMap } from '../memory/bounded-map.js';
import type { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import { patienceMs } from './claim-questions.js';

/** The time for which an answer counts, in milliseconds. */
const freshMs = 1_000;

interface Asked {
  readonly at: number;
  readonly answer: Promise<number>;
}

/** The highest revisions of the service's records that the trail was proved to hold, by tenant. */
export class TrailTops {
  private readonly highest: BoundedMap<string, number>;
  private readonly asked: BoundedMap<string, Asked>;

  constructor(
    private readonly service: Service,
    private readonly bus: Pick<BusClient, 'request'>,
    capacity: number,
  ) {
    this.highest = new BoundedMap(capacity);
    this.asked = new BoundedMap(capacity);
  }

  /** @returns undefined if nothing is known of the tenant's trail */
  of(tenantId: string): number | undefined {
    return this.highest.get(tenantId);
  }

  learn(tenantId: string, heads: readonly Pick<RecordHead, 'revision'>[]): void {
    if (heads.length === 0) return;
    const known = this.highest.get(tenantId) ?? 0;
    this.highest.set(
      tenantId,
      heads.reduce((most, { revision }) => Math.max(most, revision), known),
    );
  }

  /**
   * Asks the trail for the tenant's highest revision. Changes that ask within a second share one answer.
   * @returns the highest revision; 0 if the trail names none
   * @throws AnkaError if the audit service does not answer
   */
  ask(tenantId: string): Promise<number> {
    const last = this.asked.get(tenantId);
    if (last !== undefined && monotonicNow() - last.at < freshMs) return last.answer;
    const asked = { at: monotonicNow(), answer: this.read(tenantId) };
    this.asked.set(tenantId, asked);
    asked.answer.catch(() => {
      if (this.asked.get(tenantId) === asked) this.asked.delete(tenantId);
    });
    return asked.answer;
  }

  private async read(tenantId: string): Promise<number> {
    const context = ownContext(this.service, patienceMs.unknown, tenantId);
    this.learn(tenantId, [await this.bus.request(readHighestRevision, '', context, { owner: this.service })]);
    return this.of(tenantId) ?? 0;
  }
}
