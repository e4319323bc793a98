import type { ChainRow } from '@ankasecure/audit-event';
import {
  AnkaError,
  type AuditEvent,
  isFinal,
  mayFollow,
  mostRevisionAheadMs,
  mostRevisionStep,
  type RecordChange,
  type RecordHead,
  type RecordKind,
  type RecordName,
  recordChangesOf,
  recordKey,
  recordOwners,
  type Service,
  stateAfter,
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
 * never loses, and `head` does not say that the record has it.
 */
export const movesHead = (
  head: Last | undefined,
  { kind, revision, digest, state }: Omit<RecordHead, 'seq'>,
): boolean =>
  head === undefined ||
  head.revision < revision ||
  (head.revision > revision &&
    head.digest !== null &&
    digest !== null &&
    isFinal(kind, state) &&
    !has(head, kind, state));

/** Whether a head says that its record has a state that it never loses. */
const has = (head: Last, kind: RecordKind, state: string): boolean =>
  isFinal(kind, head.state) && mayFollow(kind, state, head.state);

/** The head after a change that moves it. A record that is made again after its deletion begins anew. */
const headAfter = (head: Last | undefined, change: SealedChange): SealedChange => {
  if (head === undefined || (head.digest === null && change.digest !== null)) return change;
  const { kind, digest, state } = change;
  const isLeft = digest === null && isFinal(kind, head.state);
  return { ...change, state: isLeft ? head.state : stateAfter(kind, head.state, state) };
};

/** Tells whether a record whose head was `old` can have the other one after any number of changes. */
export const mayBecome = (old: Last, head: RecordHead): boolean => {
  if (head.revision === old.revision) return head.digest === old.digest;
  // A deletion keeps a final state, too.
  if (head.revision < old.revision) return movesHead(old, { ...head, digest: head.digest ?? '' });
  return head.digest === null || old.digest === null || mayFollow(head.kind, old.state, head.state);
};

/** The last change of each record. */
export class LastChanges {
  private readonly last = new Map<string, SealedChange>();
  private readonly highestOf = new Map<Service, SealedChange>();

  /** @param before the heads of records before the changes */
  constructor(private readonly before: (record: RecordName) => RecordHead | undefined = () => undefined) {}

  /** Takes the changes that the event with this number names. */
  add(seq: number, changes: readonly RecordChange[]): void {
    for (const { kind, id, revision, digest, state = null } of changes)
      this.put({ owner: recordOwners[kind], kind, id, seq, revision, digest, state });
  }

  private put(change: SealedChange): void {
    if ((this.highestOf.get(change.owner)?.revision ?? 0) < change.revision) this.highestOf.set(change.owner, change);
    const head = this.get(change);
    if (movesHead(head, change)) this.last.set(recordKey(change), headAfter(head, change));
  }

  get(record: RecordName): RecordHead | undefined {
    return this.last.get(recordKey(record)) ?? this.before(record);
  }

  /** The heads that have moved. */
  all(): readonly SealedChange[] {
    return [...this.last.values()];
  }

  /** The change with the highest revision of each service's records, whether or not it is the last one of its record. */
  get highest(): readonly SealedChange[] {
    return [...this.highestOf.values()];
  }
}

/** The changes that a row of the trail names. */
export const namedChanges = ({ details }: Pick<ChainRow, 'details'>): readonly RecordChange[] =>
  details.includes('"record.') ? (recordChangesOf(JSON.parse(details) as Record<string, string>) ?? []) : [];

/** The changes that the event with this number names. */
export interface NamedChanges {
  readonly seq: number;
  readonly changes: readonly RecordChange[];
}

/**
 * Those of some events of one tenant that name changes.
 * @throws AnkaError `request-invalid` if an event does not name a change properly
 */
export const namingChanges = (events: readonly PlacedChanges[]): readonly NamedChanges[] =>
  events.flatMap(({ seq, event }) => {
    const changes = recordChangesOf(event.details);
    if (changes === undefined)
      throw new AnkaError('request-invalid', `events: ${event.eventId} does not name the record that it changed`);
    return changes.length === 0 ? [] : { seq, changes };
  });

/** The time at which events are sealed. */
interface SealingClock {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Throws if the clocks of this process, its database and its peers do not agree. */
  readonly assertAgrees: () => void;
}

/**
 * The last changes of records after some events.
 * @param before the heads before them, with their highest revision
 * @throws AnkaError `request-invalid` if an event names a change that cannot follow, or one far ahead of the clock
 */
export const changesAfter = (
  events: readonly NamedChanges[],
  before: { readonly get: (record: RecordName) => RecordHead | undefined; readonly highestRevision: number },
  clock: SealingClock,
): LastChanges => {
  const last = new LastChanges((record) => before.get(record));
  let top = before.highestRevision;
  for (const { seq, changes } of events)
    for (const change of changes) {
      assertMayFollow(last.get(change), change);
      assertNotAhead(change, top, clock);
      top = Math.max(top, change.revision);
      last.add(seq, [change]);
    }
  return last;
};

/**
 * Refuses what nobody but a forger of events reports: another form of a record with the revision that it has, and a later
 * change of a record that is compromised or destroyed for good. A record may be deleted in any state, and made again.
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
  const isMade = head.digest === null || digest === null;
  if (head.revision < revision && !isMade && !mayFollow(kind, head.state, state))
    throw new AnkaError('request-invalid', `events: a record that is ${head.state} never becomes ${state}: ${name}`);
};

/**
 * Refuses a revision that is far ahead of the time at which it is sealed: nobody could change the record again before that time. A trail that
 * is ahead goes on by numbers.
 * @param highest the highest revision that the trail holds
 * @throws AnkaError `request-invalid`, as `assertMayFollow`; what `assertAgrees` throws, so that nothing honest is quarantined
 */
const assertNotAhead = (
  { kind, id, revision }: RecordName & Pick<RecordHead, 'revision'>,
  highest: number,
  { now, assertAgrees }: SealingClock,
): void => {
  const furthest = Math.max((now + mostRevisionAheadMs) * 1_000, highest + mostRevisionStep);
  if (revision <= furthest) return;
  assertAgrees();
  throw new AnkaError(
    'request-invalid',
    `events: the revision is more than a day ahead of the clock: ${kind} ${id}, revision ${revision}. Have the clocks checked`,
  );
};
