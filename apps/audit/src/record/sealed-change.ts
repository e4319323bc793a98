import {
  AnkaError,
  type AuditEvent,
  type RecordChange,
  recordChangesOf,
  recordKey,
  recordOwners,
} from '@ankasecure/contracts';
import type { SealedChange } from './record-head.sql.js';

/** The part of a placed event that names changes. */
export interface PlacedChanges {
  readonly seq: number;
  readonly event: Pick<AuditEvent, 'eventId' | 'details'>;
}

/** The last change of each record, by its revision. */
export class LastChanges {
  private readonly last = new Map<string, SealedChange>();

  /** Takes the changes that the event with this number names. */
  add(seq: number, changes: readonly RecordChange[]): void {
    for (const { kind, id, revision, digest, state = null } of changes) {
      const held = this.last.get(recordKey({ kind, id }));
      if (held !== undefined && held.revision >= revision) continue;
      this.last.set(recordKey({ kind, id }), { owner: recordOwners[kind], kind, id, seq, revision, digest, state });
    }
  }

  all(): readonly SealedChange[] {
    return [...this.last.values()];
  }
}

/**
 * The changes that events of one tenant name, the last one of each record.
 * @throws AnkaError `request-invalid` if an event does not name a change properly
 */
export const sealedChanges = (events: readonly PlacedChanges[]): readonly SealedChange[] => {
  const last = new LastChanges();
  for (const { seq, event } of events) {
    const changes = recordChangesOf(event.details);
    if (changes === undefined)
      throw new AnkaError('request-invalid', `events: ${event.eventId} does not name the record that it changed`);
    last.add(seq, changes);
  }
  return last.all();
};
