import type { ChainRow } from '@ankasecure/audit-event';
import type { SealedEvent } from '@ankasecure/contracts';
import { instantOf } from '../../trail/instant.js';
import { sealedEventResource } from '../../trail/sealed-event.entity.js';

/** A row of the trail as receivers get it: as `GET /audit/events` shows it, with the microseconds of its sealing. */
export const deliveredEvent = (row: ChainRow): SealedEvent => ({
  ...sealedEventResource(row),
  sealedAt: instantOf(row.sealedAt),
});
