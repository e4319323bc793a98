import type { RecordHead } from '@ankasecure/contracts';

/** A record as it was loaded, by what its seal binds. */
export interface RecordState {
  readonly revision: number;
  /** base64url of the record's digest. */
  readonly digest: string;
}

/**
 * Tells whether a record is at least as new as its last change in the trail. The trail may be behind: an event waits in the
 * outbox until it is sealed. A record that the trail does not know was made since, or no release has sealed its changes yet.
 */
export const isCurrent = (
  { revision, digest }: RecordState,
  head: Pick<RecordHead, 'revision' | 'digest'> | undefined,
): boolean => head === undefined || revision > head.revision || (revision === head.revision && digest === head.digest);
