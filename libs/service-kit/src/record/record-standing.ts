import { AnkaError, mayFollow, type RecordHead, type RecordKind } from '@ankasecure/contracts';

/** Tells the operator how to fix a database that is older than the trail. */
export const behindDetail =
  'The database is older than the audit trail: it was restored from a backup, or changed by its owner. Find out which. Then restore a newer backup, or apply the trail to it with POST /tenants/{tenant}/restore.';

/** A record as it was loaded, by what its seal binds. */
export interface RecordState {
  readonly revision: number;
  /** base64url of the record's digest. */
  readonly digest: string;
  /** The column that the trail holds in the clear; null or undefined if its kind has none. */
  readonly state?: string | null | undefined;
}

/** A record's revision is ahead of the clock, and the trail does not name it in this form, or not yet. */
export class RecordAhead extends AnkaError {
  /** @param isNext whether the trail itself is ahead of the clock, by as much */
  constructor(readonly isNext = false) {
    super('audit-unavailable');
  }
}

type Head = Pick<RecordHead, 'revision' | 'digest'> & { readonly state?: string | null | undefined };

/**
 * Tells whether a record is at least as new as its last change in the trail. The trail may be behind: an event waits in the
 * outbox until it is sealed. A record that the trail does not know was made since, or no release has sealed its changes yet. No
 * revision lets a record leave a state that it never loses.
 * @param latest the highest revision that a record can have which the trail does not know in this form
 */
export const isCurrent = (
  { kind, revision, digest, state }: RecordState & { readonly kind: RecordKind },
  head: Head | undefined,
  latest = Number.POSITIVE_INFINITY,
): boolean => {
  if (revision === head?.revision) return digest === head.digest;
  if (head === undefined) return revision <= latest;
  return revision > head.revision && revision <= latest && mayFollow(kind, head.state, state);
};
