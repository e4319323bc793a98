import { AnkaError, type AuditEvent, recordChangesOf, recordOwners } from '@ankasecure/contracts';
import type { SealedChange } from './record-head.sql.js';

/** The part of a placed event that names changes. */
export interface PlacedChanges {
  readonly seq: number;
  readonly event: Pick<AuditEvent, 'eventId' | 'details'>;
}

/**
 * The changes that events of one tenant name, the last one of each record.
 * @throws AnkaError `request-invalid` if an event does not name a change properly
 */
export const sealedChanges = (events: readonly PlacedChanges[]): readonly SealedChange[] => {
  const last = new Map<string, SealedChange>();
  for (const { seq, event } of events) {
    const changes = recordChangesOf(event.details);
    if (changes === undefined)
      throw new AnkaError('request-invalid', `events: ${event.eventId} does not name the record that it changed`);
    for (const { kind, id, revision, digest, state = null } of changes) {
      const held = last.get(`${kind} ${id}`);
      if (held !== undefined && held.revision >= revision) continue;
      last.set(`${kind} ${id}`, { owner: recordOwners[kind], kind, id, seq, revision, digest, state });
    }
  }
  return [...last.values()];
};
