import type { ChainSeal } from '@ankasecure/audit-event';
import type { AuditEvent } from '@ankasecure/contracts';
import type { Mac } from '../mac/mac-source.js';

/** An event with its MAC, ready to take its place in the trail. */
export interface AuthenticatedEvent extends Mac {
  readonly event: AuditEvent;
  readonly canonical: Buffer;
}

/** An event with its place in the trail and its leaf hash. */
export interface PlacedEvent extends AuthenticatedEvent {
  readonly seq: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly details: string;
  readonly sealedAt: number;
}

/** A row of the trail; the last of a batch bears the seal over the chain. */
export type BoundEvent = PlacedEvent & { readonly chainSeal: ChainSeal | null };
