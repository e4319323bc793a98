import type { SealedEvent } from '@ankasecure/contracts';
import type { Connector, EncodedEvent } from '../connector.js';

/** An event that its receiver can never take. */
export interface Unsendable {
  readonly event: SealedEvent;
  readonly reason: string;
}

/** The next events to send, or one that cannot be sent. */
export type NextBatch = { readonly events: readonly EncodedEvent[] } | { readonly unsendable: Unsendable };

/**
 * Takes the next batch off the start of `rows`: as many as the receiver takes at once. An event that cannot be sent ends a batch, and
 * is one of its own. Rows behind the batch are not looked at.
 * @param eventOf makes the event of a row
 * @param most of events
 */
export const nextBatch = <Row>(
  connector: Connector,
  rows: readonly Row[],
  eventOf: (row: Row) => SealedEvent,
  most = Number.POSITIVE_INFINITY,
): NextBatch => {
  const { limits } = connector;
  const taken: EncodedEvent[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, Math.min(most, limits.events))) {
    const encoded = encode(connector, eventOf(row));
    if ('reason' in encoded) return taken.length === 0 ? { unsendable: encoded } : { events: taken };
    bytes += encoded.body.length;
    if (bytes > limits.bytes && taken.length > 0) break;
    taken.push(encoded);
  }
  return { events: taken };
};

const encode = (connector: Connector, event: SealedEvent): EncodedEvent | Unsendable => {
  try {
    const body = connector.encode(event);
    const { bytes } = connector.limits;
    if (body.length <= bytes) return { event, body };
    return { event, reason: `The event has ${body.length} bytes, and the receiver takes ${bytes}.` };
  } catch (error) {
    return { event, reason: (error as Error).message };
  }
};
