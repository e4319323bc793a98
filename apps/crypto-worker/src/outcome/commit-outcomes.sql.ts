import type { AuditEvent } from '@ankasecure/contracts';
import { type Outbox, withNotedChanges } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { Fence } from './fence.js';

/**
 * Commits rows of outcomes, each only if its fence still holds. Prepared by name, because every request waits for it.
 * @see the migrations `initial`, `usage`, `used-up`, `validity` and `set-of-outcomes`
 */
export const commitOutcomes = {
  name: 'commit-outcomes',
  text: `SELECT written, outdated, at FROM commit_outcomes($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::int[], $6::float8[],
    $7::float8[], $8::int[], $9::int[], $10::text[], $11::int[], $12::text[], $13::text[], $14::int[], $15::smallint, $16::int[])`,
};

/** The result of a commit. Rows are numbered from 1. */
export interface Committed {
  readonly written: readonly number[];
  /** Rows whose fence does not hold. */
  readonly outdated: readonly number[];
  /** The database's time at the decision, in milliseconds since the epoch. */
  readonly at: number;
}

/** Outcomes that share a fence. */
export interface OutcomeRow {
  readonly fence: Fence;
  readonly operation: string;
  /** Rows with the same number are written together or not at all. */
  readonly bundle: number | null;
  /** Rows with the same place are one tenant's, and their events become one row of the outbox. */
  readonly place: number;
  /** The events, each as JSON with its proof. */
  readonly events: readonly string[];
  /** Written instead if the fence does not hold. */
  readonly fallbacks: readonly string[];
  /** The number of outcomes that are uses of the fence's key. */
  readonly uses: number;
}

/** The parameters of `commitOutcomes`. @param slot the row of a key's use that this process counts in */
export const outcomeValues = (rows: readonly OutcomeRow[], slot: number): unknown[] => [
  rows.map(({ fence }) => fence.tenantId),
  rows.map(({ fence }) => fence.policy?.revision ?? null),
  rows.map(({ fence }) => fence.key?.keyId ?? null),
  rows.map(({ fence }) => fence.key?.version ?? null),
  rows.map(({ fence }) => fence.key?.revision ?? null),
  rows.map(({ fence }) => fence.validity.since),
  rows.map(({ fence }) => fence.validity.until),
  rows.map(({ bundle }) => bundle),
  rows.map(({ events }) => events.length),
  rows.map(({ events }) => events.join(',')),
  rows.map(({ fallbacks }) => fallbacks.length),
  rows.map(({ fallbacks }) => (fallbacks.length === 0 ? null : fallbacks.join(','))),
  rows.map(({ operation }) => operation),
  rows.map(({ uses }) => uses),
  slot,
  rows.map(({ place }) => place),
];

/** The slot for commits within another transaction. They are few, so they can share one. */
const sharedSlot = 0;

/**
 * Commits the outcome of a use of the fence's key as `GroupCommit` does, in the caller's transaction. Call the outbox's
 * `committed` after it.
 * @returns false if the fence no longer holds; nothing was written
 */
export const commitWithin = async (
  manager: EntityManager,
  outbox: Outbox,
  fence: Fence,
  event: AuditEvent,
): Promise<boolean> => {
  const events = withNotedChanges(manager, [event]);
  const row: OutcomeRow = {
    fence,
    operation: event.operation,
    bundle: null,
    place: 0,
    events: events.map((noted) => outbox.textOf(noted)),
    fallbacks: [],
    uses: event.outcome === 'success' ? 1 : 0,
  };
  const [committed] = await manager.query<Committed[]>(commitOutcomes.text, outcomeValues([row], sharedSlot));
  if (committed?.written.length !== 1) return false;
  outbox.noteWritten(manager, events);
  return true;
};
