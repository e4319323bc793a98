import type { RecordHead } from '@ankasecure/contracts';
import { BoundedMap, BusClient, firstHeads, ownContext, sealsOf, transactionTime } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** No request waits longer, and none is removed earlier, in milliseconds. The rest of a minute is for clocks that differ. */
const oldestMs = 30 * 86_400_000 - 60_000;
/** The age at which the trail has heard of every request, in milliseconds. */
const settledMs = 86_400_000;
/** Longest wait for a page of the trail's answer, in milliseconds. */
const patienceMs = 5_000;
/** The number of requests that one change looks at, and the rest of a page. Those that are known to be over do not count. */
const mostAtOnce = 5_000;
/** The most requests and tenants that are remembered. */
const capacity = 100_000;

/** Some of the tenant's requests that the trail holds, without those that are known to be over. */
export interface KnownRequests {
  readonly heads: readonly RecordHead[];
  /** Whether these are all. */
  readonly isWhole: boolean;
}

/**
 * Lists the requests that the trail holds and that may be open. A request that is over stays so: it is looked at once, and the next
 * change goes on after it. So a tenant with very many requests is looked through in steps.
 */
@Injectable()
export class RequestsOnRecord {
  private readonly over = new BoundedMap<string, true>(capacity);
  /** The id up to which every request of a tenant is over. */
  private readonly passed = new BoundedMap<string, string>(capacity);

  constructor(private readonly bus: BusClient) {}

  /** Ids are in the order of time. @throws AnkaError if the audit service does not answer */
  async list(manager: EntityManager, tenantId: string): Promise<KnownRequests> {
    const { history, owner } = sealsOf(manager);
    if (history.isOff) return { heads: [], isWhole: true };
    const now = (await transactionTime(manager)).getTime();
    const oldest = idAt(now - oldestMs);
    const passed = this.passed.get(tenantId) ?? oldest;
    const after = { kind: 'approval', id: passed > oldest ? passed : oldest } as const;
    const contextOf = () => ownContext(owner.service, patienceMs, tenantId);
    const counts = ({ id, digest }: RecordHead): boolean => digest !== null && !this.over.has(`${tenantId}/${id}`);
    const listed = await firstHeads(this.bus, contextOf, { owner: owner.service, after, most: mostAtOnce, counts });
    const open = listed.heads.findIndex(counts);
    const last = open < 0 ? listed.heads.at(-1) : listed.heads[open - 1];
    // The trail may still hear of younger ones.
    const settled = idAt(now - settledMs);
    if (last !== undefined) this.passed.set(tenantId, last.id < settled ? last.id : settled);
    return { heads: listed.heads.filter((head) => head.id > after.id && counts(head)), isWhole: listed.isAll };
  }

  /** Takes note of a request that can never be carried out any more, as the trail holds it. */
  noteOver(tenantId: string, id: string): void {
    this.over.set(`${tenantId}/${id}`, true);
  }
}

/** The first UUID of version 7 of a moment (RFC 9562 §5.7), in milliseconds since the epoch. */
const idAt = (ms: number): string => {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
};
