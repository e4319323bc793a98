import { listRecordPositions, type Service } from '@ankasecure/contracts';
import type { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';

/** Whose records are asked about. */
interface Owned {
  readonly owner: Service;
  /** The HSM partition of the tenants; null for all tenants. */
  readonly partition: string | null;
}

/**
 * The highest revision that the trail holds of a service's records, of each tenant that has any.
 * @param patienceMs longest that each page is waited for, in milliseconds
 * @throws AnkaError if the audit service does not answer
 */
export const positionsOnRecord = async (
  bus: Pick<BusClient, 'request'>,
  owned: Owned,
  patienceMs: number,
): Promise<ReadonlyMap<string, number>> => {
  const positions = new Map<string, number>();
  for (let after: string | null | undefined = null; after !== undefined; ) {
    const request: Owned & { after: string | null } = { ...owned, after };
    const { items, complete } = await bus.request(
      listRecordPositions,
      '',
      ownContext(owned.owner, patienceMs),
      request,
    );
    for (const { tenantId, revision } of items) positions.set(tenantId, revision);
    after = complete ? undefined : items.at(-1)?.tenantId;
  }
  return positions;
};
