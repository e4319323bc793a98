import type { ChainSeal, EventMac } from '@ankasecure/audit-event';
import type { ReportedEvent } from '../reporter/reported-event.js';

/** An event with its MAC, ready to take its place in the trail. */
export interface AuthenticatedEvent extends ReportedEvent, EventMac {
  /** The reporting process that has made the MAC; undefined if a worker was asked for it. */
  readonly madeBy?: string | undefined;
}

/** An event with its place in the trail and its leaf hash. */
export interface PlacedEvent extends AuthenticatedEvent {
  readonly seq: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly sealedAt: number;
}

/** A row of the trail; the last of a batch bears the seal over the chain. */
export type BoundEvent = PlacedEvent & { readonly chainSeal: ChainSeal | null };
