import type { AuditEvent } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { Fence } from './fence.js';
import { statement } from './group-commit.js';

/** Few commit so: they need not keep out of each other's way. */
const slot = 0;

/**
 * Commits the outcome of a use of the fence's key as `GroupCommit` does, in the caller's transaction and with what else that
 * writes. Call the outbox's `committed` after it.
 * @returns false when the fence no longer holds: nothing was written
 */
export const commitWithin = async (
  manager: EntityManager,
  { tenantId, policy, key }: Fence & { readonly key: NonNullable<Fence['key']> },
  event: AuditEvent,
): Promise<boolean> => {
  const [row] = await manager.query<{ written: number[] }[]>(statement.text, [
    [tenantId],
    [policy?.revision ?? null],
    [key.keyId],
    [key.version],
    [key.revision],
    [1],
    [JSON.stringify([event])],
    [event.operation],
    [event.outcome === 'success' ? 1 : 0],
    slot,
  ]);
  return row?.written.length === 1;
};
