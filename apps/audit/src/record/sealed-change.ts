import type { ChainRow } from '@ankasecure/audit-event';
import {
  AnkaError,
  type AuditEvent,
  mayFollow,
  mostRevisionAheadMs,
  mostRevisionStep,
  type RecordChange,
  type RecordHead,
  type RecordName,
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

/** The last change of a record. */
type Last = Pick<RecordHead, 'revision' | 'state' | 'digest'>;

/**
 * Tells whether a change is a record's last one after `head`: it has a higher revision, or it is one to a state that the record
 * never loses, and the record has lost it.
 */
export const movesHead = (
  head: Last | undefined,
  { kind, revision, digest, state }: Omit<RecordHead, 'seq'>,
): boolean =>
  head === undefined ||
  head.revision < revision ||
  (head.revision > revision && head.digest !== null && digest !== null && !mayFollow(kind, state, head.state));

/** The last change of each record. */
export class LastChanges {
  private readonly last = new Map<string, SealedChange>();

  /** Takes the changes that the event with this number names. */
  add(seq: number, changes: readonly RecordChange[]): void {
    for (const { kind, id, revision, digest, state = null } of changes) {
      if (!movesHead(this.get({ kind, id }), { kind, id, revision, digest, state })) continue;
      this.last.set(recordKey({ kind, id }), { owner: recordOwners[kind], kind, id, seq, revision, digest, state });
    }
  }

  get(record: RecordName): SealedChange | undefined {
    return this.last.get(recordKey(record));
  }

  all(): readonly SealedChange[] {
    return [...this.last.values()];
  }
}

/** The changes that a row of the trail names. */
export const namedChanges = ({ details }: Pick<ChainRow, 'details'>): readonly RecordChange[] =>
  details.includes('"record.') ? (recordChangesOf(JSON.parse(details) as Record<string, string>) ?? []) : [];

/**
 * The changes that events of one tenant name, the last one of each record.
 * @throws AnkaError `request-invalid` if an event does not name a change properly, or names one that cannot follow another
 */
export const sealedChanges = (events: readonly PlacedChanges[]): readonly SealedChange[] => {
  const last = new LastChanges();
  for (const { seq, event } of events) {
    const changes = recordChangesOf(event.details);
    if (changes === undefined)
      throw new AnkaError('request-invalid', `events: ${event.eventId} does not name the record that it changed`);
    for (const change of changes) assertMayFollow(last.get(change), change);
    last.add(seq, changes);
  }
  return last.all();
};

/**
 * Refuses what nobody but a forger of events reports: another form of a record with the revision that it has, and a later
 * change of a record that is compromised or destroyed for good. A record may be deleted in any state.
 * @throws AnkaError `request-invalid`, so that the relay quarantines the event and goes on with the others
 */
export const assertMayFollow = (
  head: Last | undefined,
  { kind, id, revision, digest, state = null }: RecordChange | SealedChange,
): void => {
  if (head === undefined || head.revision > revision) return;
  const name = `${kind} ${id}, revision ${revision}`;
  if (head.revision === revision && head.digest !== digest)
    throw new AnkaError('request-invalid', `events: another change has the same revision: ${name}`);
  if (head.revision < revision && digest !== null && !mayFollow(kind, head.state, state))
    throw new AnkaError('request-invalid', `events: a record that is ${head.state} never becomes ${state}: ${name}`);
};

/**
 * Refuses a revision that is far ahead of this process's clock: nobody could change the record again before that time. A trail that
 * is ahead goes on by numbers.
 * @param highest the highest revision that the trail holds
 * @throws AnkaError `request-invalid`, as `assertMayFollow`
 */
export const assertNotAhead = (
  { kind, id, revision }: RecordName & Pick<RecordHead, 'revision'>,
  highest: number,
): void => {
  const furthest = Math.max((Date.now() + mostRevisionAheadMs) * 1_000, highest + mostRevisionStep);
  if (revision > furthest)
    throw new AnkaError(
      'request-invalid',
      `events: the revision is more than a day ahead of the clock: ${kind} ${id}, revision ${revision}. Have the clocks checked`,
    );
};
