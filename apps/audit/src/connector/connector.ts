import type { ConnectorSettings, SealedEvent } from '@ankasecure/contracts';

/** A sealed event as receivers get it. */
export interface DeliveredEvent extends SealedEvent {
  /** It was delivered before. */
  readonly repeat?: true;
}

/** A sealed event in the form that its receiver takes. */
export interface EncodedEvent {
  readonly event: SealedEvent;
  readonly body: Buffer;
}

/** The fate of one event of a batch. `retry`: it was not taken now. `pause`: the receiver must be put right first. */
export type ItemOutcome =
  | { readonly result: 'delivered' }
  | { readonly result: 'retry' | 'poison' | 'pause'; readonly reason: string };

/**
 * The fate of a batch.
 * - `delivered`: the receiver has all of it.
 * - `retry`: it may have some of it or nothing, and the same batch may succeed later.
 * - `pause`: it takes nothing until somebody changes its settings or ours.
 * - `poison`: it refuses the batch for what is in it. `at` is the index of the event, if the receiver says it.
 * - `items`: it answered for each event.
 */
export type Outcome =
  | { readonly result: 'delivered' }
  | { readonly result: 'retry'; readonly reason: string; readonly retryAfterMs?: number | undefined }
  | { readonly result: 'pause'; readonly reason: string }
  | { readonly result: 'poison'; readonly reason: string; readonly at?: number | undefined }
  | { readonly result: 'items'; readonly items: readonly ItemOutcome[]; readonly retryAfterMs?: number | undefined };

export interface BatchLimits {
  readonly events: number;
  /** The limit for the sum of the encoded events, in bytes. */
  readonly bytes: number;
}

/** Delivers events to one receiver. A batch has events of one tenant in the order of their numbers. */
export interface Connector {
  readonly limits: BatchLimits;
  /** @throws Error for an event that has no form the receiver takes. It becomes a dead letter */
  encode(event: DeliveredEvent): Buffer;
  /**
   * Sends a batch. What the receiver or the network does is an outcome, not an error.
   * @param signal ends the attempt: another process may deliver from then on
   */
  send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome>;
  /**
   * For a receiver that acknowledges nothing: what must be sent again before the next events of a tenant, since it may be lost.
   * @param after the last event that was delivered, by whatever process; 0 before the first
   */
  prepare?(tenantId: string, after: number, signal: AbortSignal): Promise<Prepared>;
  close(): void;
}

/** `repeat`: the number of events to send again, the last ones that were sent. `outcome`: nothing can be sent now. */
export type Prepared = { readonly repeat: number; readonly done: () => void } | { readonly outcome: Outcome } | 'ready';

/** Reads a secret of the connector's tenant by its name. @throws Error that names the file and never its contents */
export type ReadSecret = (name: string) => Promise<Buffer>;

/** The parts of which a connector is made. */
export interface ConnectorParts<Settings = ConnectorSettings> {
  readonly settings: Settings;
  readonly secret: ReadSecret;
  /** Refuses addresses that the connector may not connect to. @throws Error */
  readonly admit: (address: string) => void;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly now: () => number;
  /** The time of a request, in milliseconds, if it is not the usual one. */
  readonly requestMs?: number;
}
