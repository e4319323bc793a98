import type { AuditEvent } from '@ankasecure/contracts';
import { withNotedChanges } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { Fence } from './fence.js';

/**
 * Commits rows of outcomes, each only if its fence still holds. Prepared by name, because every request waits for it.
 * @see the migrations `initial`, `usage` and `used-up`
 */
export const commitOutcomes = {
  name: 'commit-outcomes',
  text: 'SELECT commit_outcomes($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[], $9::int[], $10::smallint) AS written',
};

/** The slot for commits within another transaction. They are few, so they can share one. */
const slot = 0;

/**
 * Commits the outcome of a use of the fence's key as `GroupCommit` does, in the caller's transaction. Call the outbox's
 * `committed` after it.
 * @returns false if the fence no longer holds; nothing was written
 */
export const commitWithin = async (
  manager: EntityManager,
  { tenantId, policy, key }: Fence & { readonly key: NonNullable<Fence['key']> },
  event: AuditEvent,
): Promise<boolean> => {
  const [row] = await manager.query<{ written: number[] }[]>(commitOutcomes.text, [
    [tenantId],
    [policy?.revision ?? null],
    [key.keyId],
    [key.version],
    [key.revision],
    [1],
    [JSON.stringify(withNotedChanges(manager, [event]))],
    [event.operation],
    [event.outcome === 'success' ? 1 : 0],
    slot,
  ]);
  return row?.written.length === 1;
};
