import type { ChainSeal } from '@ankasecure/audit-event';
import type { Mac } from '../mac/mac-source.js';
import type { ReportedEvent } from '../reporter/reported-event.js';

/** An event with its MAC, ready to take its place in the trail. */
export interface AuthenticatedEvent extends ReportedEvent, Mac {}

/** An event with its place in the trail and its leaf hash. */
export interface PlacedEvent extends AuthenticatedEvent {
  readonly seq: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly sealedAt: number;
}

/** A row of the trail; the last of a batch bears the seal over the chain. */
export type BoundEvent = PlacedEvent & { readonly chainSeal: ChainSeal | null };
