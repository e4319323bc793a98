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
 * Takes the next batch off the start of `events`: as many as the receiver takes at once. An event that cannot be sent ends a batch, and
 * is one of its own.
 * @param most of events
 */
export const nextBatch = (connector: Connector, events: readonly SealedEvent[], most: number): NextBatch => {
  const { limits } = connector;
  const taken: EncodedEvent[] = [];
  let bytes = 0;
  for (const event of events.slice(0, Math.min(most, limits.events))) {
    const encoded = encode(connector, event);
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
