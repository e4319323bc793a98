/** How one item of a request ended: `success`, or the code it failed with. */
export type ItemOutcome = string;

/** A request as its client saw it. */
export interface Request {
  readonly correlationId: string;
  /** As the trail names it. */
  readonly operation: string;
  /** Items it asked for. */
  readonly items: number;
  /** The outcome of each item in a 2xx answer; nothing when no such answer came. */
  readonly released?: readonly ItemOutcome[];
  /** The key a creation gave. */
  readonly keyId?: string;
  /** The code of the problem, where one was the answer. */
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
  /** The key version it is about, as its details say it. */
  readonly version: string | null;
}

/** A key version of the database, which has an object in the token unless it is DESTROYED. */
export interface KeyRecord {
  /** CKA_ID, hex. */
  readonly objectId: string;
  /** null for the platform's own keys, as the rest is. */
  readonly keyId: string | null;
  readonly version: number | null;
  readonly state: string | null;
}

/** All there is to see once everything has come to rest. */
export interface History {
  readonly requests: readonly Request[];
  /** One tenant's, in order of seq. */
  readonly trail: readonly TrailEvent[];
  /** Of all tenants. */
  readonly records: readonly KeyRecord[];
  /** CKA_ID of every key in the token but the canary, hex. */
  readonly objects: readonly string[];
  /** Intents and outbox rows that are left, a line per table. */
  readonly leftovers: readonly string[];
}
