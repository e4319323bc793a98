import type { ChainSeal } from '@ankasecure/audit-event';
import type { AuthenticatedEvent } from '../mac/made-mac.js';

/** An event with its place in the trail and its leaf hash. */
export interface PlacedEvent extends AuthenticatedEvent {
  readonly seq: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly sealedAt: number;
}

/** A row of the trail; the last of a batch bears the seal over the chain. */
export type BoundEvent = PlacedEvent & { readonly chainSeal: ChainSeal | null };
