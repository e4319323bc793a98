/** The outcome of one item of a request: `success`, or the code of its failure. */
export type ItemOutcome = string;

/** A request as its client saw it. */
export interface Request {
  readonly correlationId: string;
  /** The operation as the trail names it. */
  readonly operation: string;
  /** The number of items in the request. */
  readonly items: number;
  /** The outcome of each item in a 2xx answer. It is empty if there was no such answer. */
  readonly released?: readonly ItemOutcome[];
  /** The key that a creation returned. */
  readonly keyId?: string;
  /** The code of the problem, if the answer was one. */
  readonly problem?: string;
}

export interface TrailEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly correlationId: string;
  readonly operation: string;
  readonly outcome: 'success' | 'failure' | 'unknown';
  readonly failureCode: string | null;
  readonly keyId: string | null;
  /** The key version in the event's details. */
  readonly version: string | null;
  /** The number of items whose refusals the event records. */
  readonly count: number;
  /** The call found its wish fulfilled already. */
  readonly unchanged: boolean;
}

/** A key version in the database. It has an object in the token unless it is DESTROYED. */
export interface KeyRecord {
  /** CKA_ID in hex. */
  readonly objectId: string;
  /** null for the platform's own keys, like the other members. */
  readonly keyId: string | null;
  readonly version: number | null;
  readonly state: string | null;
}

/** Everything observed once all work has ended. */
export interface History {
  readonly requests: readonly Request[];
  /** The events of one tenant, in order of seq. */
  readonly trail: readonly TrailEvent[];
  /** The sealed events of all tenants. */
  readonly records: readonly KeyRecord[];
  /** The CKA_ID of every key in the token except the partition's own, in hex. */
  readonly objects: readonly string[];
  /** Remaining intents and outbox rows, one line per table. */
  readonly leftovers: readonly string[];
}
