import type { NumberedRecords, RecordChange, RecordKind, RecordName } from '@ankasecure/contracts';
import { isCurrent, type RecordState } from './record-standing.js';

/** The last change of a record, as the trail holds it or as this process remembers it. */
export type LastChange = Pick<RecordChange, 'id' | 'revision' | 'digest'> & Pick<RecordState, 'state'>;

/** A statement of a database about a tenant's records, to be compared with the trail. */
export interface Claim {
  readonly tenantId: string;
  /** Claims with one subject are answered by the same change. */
  readonly subject: string;
  readonly asks: { readonly record: RecordName } | { readonly newest: NumberedRecords };
  /** The change that the trail ends with if it says the same. */
  readonly says: LastChange;
  /** Tells whether the claim is true. @param last undefined if the trail knows nothing of its subject */
  readonly agrees: (last: LastChange | undefined) => boolean;
}

/** A loaded record that the trail is asked about. */
export interface LoadedRecord extends RecordName, RecordState {
  readonly tenantId: string;
}

/** The name of a record and its tenant. */
export interface OwnedName extends RecordName {
  readonly tenantId: string;
}

/** The subject of the claims that one record answers. */
export const subjectOf = ({ kind, id }: RecordName): string => `${kind}/${id}`;
const newestPrefix = 'newest/';
const newestSubject = ({ kind, of }: NumberedRecords): string => `${newestPrefix}${kind}/${of ?? ''}`;

/** The record is at least as new as the trail knows it. @param latest as for `isCurrent`, when it is compared */
export const claimOfRecord = (
  { tenantId, kind, id, revision, digest, state }: LoadedRecord,
  latest?: () => number,
): Claim => ({
  tenantId,
  subject: subjectOf({ kind, id }),
  asks: { record: { kind, id } },
  says: { id, revision, digest, state },
  agrees: (last) => isCurrent({ kind, revision, digest, state }, last, latest?.()),
});

/** The record does not exist. */
export const claimOfAbsence = ({ tenantId, kind, id }: OwnedName): Claim => ({
  tenantId,
  subject: subjectOf({ kind, id }),
  asks: { record: { kind, id } },
  says: { id, revision: 0, digest: null },
  agrees: (last) => last === undefined || last.digest === null,
});

/** The record was deleted, and the trail says so. */
export const claimOfRemoval = (name: OwnedName): Claim => ({
  ...claimOfAbsence(name),
  agrees: (last) => last?.digest === null,
});

/** Splits the id `<of>/<n>` of a numbered record; `of` is null for an id that is a number alone. */
export const numberedId = (id: string): { readonly of: string | null; readonly number: number } => {
  const slash = id.lastIndexOf('/');
  return { of: slash < 0 ? null : id.slice(0, slash), number: Number(id.slice(slash + 1)) };
};

/** No record of these has a higher number. @param number 0 if there is none */
export const claimOfNewest = (tenantId: string, newest: NumberedRecords, number: number): Claim => ({
  tenantId,
  subject: newestSubject(newest),
  asks: { newest },
  says: { id: newest.of === null ? String(number) : `${newest.of}/${number}`, revision: 0, digest: '' },
  agrees: (last) => last === undefined || numberedId(last.id).number <= number,
});

/** Tells whether the trail ends with another change of a claim's subject than the one that is remembered. */
export const hasMoved = ({ asks }: Claim, remembered: LastChange, last: LastChange): boolean => {
  if ('newest' in asks) return numberedId(last.id).number > numberedId(remembered.id).number;
  if (remembered.digest === null) return last.digest !== null;
  return !isCurrent({ ...remembered, kind: asks.record.kind, digest: remembered.digest }, last);
};

/** Tells whether one change of a subject comes after another. */
export const isLater = (subject: string, change: LastChange, other: LastChange): boolean =>
  subject.startsWith(newestPrefix)
    ? numberedId(change.id).number > numberedId(other.id).number
    : change.revision > other.revision;

/** The changes that answer claims, by the claims' subjects. */
export const answersOf = (heads: readonly (RecordName & LastChange)[]): ReadonlyMap<string, LastChange> => {
  const answers = new Map<string, LastChange>();
  for (const head of heads) {
    answers.set(subjectOf(head), head);
    if (head.digest === null) continue;
    const { of, number } = numberedId(head.id);
    if (!Number.isInteger(number)) continue;
    const subject = newestSubject({ kind: head.kind, of });
    const other = answers.get(subject);
    if (other === undefined || numberedId(other.id).number < number) answers.set(subject, head);
  }
  return answers;
};

/** The kind of records that a claim is about. */
export const kindOf = ({ asks }: Claim): RecordKind => ('record' in asks ? asks.record.kind : asks.newest.kind);

/** A request for the changes that answer claims. */
export const requestFor = (
  claims: readonly Claim[],
): { readonly records: RecordName[]; readonly newest: NumberedRecords[] } => ({
  records: claims.flatMap(({ asks }) => ('record' in asks ? [asks.record] : [])),
  newest: claims.flatMap(({ asks }) => ('newest' in asks ? [asks.newest] : [])),
});
