import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Service } from './bus.js';

/** The kinds of records that decide, and the service that owns each. A kind is the name of the records' table. */
export const recordOwners = {
  key: 'crypto-worker',
  key_version: 'crypto-worker',
  key_alias: 'crypto-worker',
  former_kid: 'crypto-worker',
  key_grant: 'crypto-worker',
  rotation_policy: 'crypto-worker',
  platform_key: 'crypto-worker',
  kek_rotation: 'crypto-worker',
  tenant_policy: 'crypto-worker',
  tenant: 'policy',
  policy_version: 'policy',
  service_account: 'gateway',
  issuer: 'gateway',
  approval: 'gateway',
  token_key: 'gateway',
  excluded_subject: 'gateway',
  connector: 'audit',
} as const satisfies Record<string, Service>;
export type RecordKind = keyof typeof recordOwners;

const kinds = Object.keys(recordOwners) as [RecordKind, ...RecordKind[]];
export const recordKind = z.enum(kinds);

/** The longest id of a record in the history. */
export const maxRecordId = 200;
const recordIdText = z.string().min(1).max(maxRecordId);

/** Names a record within its tenant. */
export const recordName = z.strictObject({ kind: recordKind, id: recordIdText });
export type RecordName = z.infer<typeof recordName>;

/**
 * A change of a sealed record, as the audit trail keeps it. `revision` comes from the tenant's counter and the time
 * (`RecordRevisions` of the kit), and is part of the sealed form. It grows with every change of any of the tenant's records in one database, so a record
 * that is deleted and made again never gets an old revision.
 */
export interface RecordChange extends RecordName {
  readonly revision: number;
  /** base64url of the record's `recordDigest`, which binds the revision; null if the record was deleted. */
  readonly digest: string | null;
  /** The column that its declaration tells, such as a version's state. A restored database is brought up to date by it. */
  readonly state?: string | undefined;
}

/** A record's name as the key of a map. */
export const recordKey = ({ kind, id }: RecordName): string => `${kind} ${id}`;

/** The id of a record: the columns of its key without the tenant. Longer ids are replaced by their digest. */
export const recordIdOf = (...parts: readonly (string | number)[]): string => {
  const id = parts.map((part) => encodeURIComponent(part)).join('/');
  return id.length <= maxRecordId ? id : `sha256:${createHash('sha256').update(id).digest('base64url')}`;
};

const prefix = 'record.';
const written = /^([a-z_]+) ([1-9][0-9]{0,15}) (deleted|[A-Za-z0-9_-]{43}) ([A-Za-z0-9_-]+) (\S+)$/;

/** Writes changes into the details of an event: one member for each. */
export const recordDetails = (changes: readonly RecordChange[]): Record<string, string> =>
  Object.fromEntries(
    changes.map(({ kind, id, revision, digest, state }, index) => [
      `${prefix}${index + 1}`,
      `${kind} ${revision} ${digest ?? 'deleted'} ${state ?? '-'} ${id}`,
    ]),
  );

/** Tells whether the audit trail can name a change of this kind of record. */
export const isRecordKind = (kind: string): kind is RecordKind => Object.hasOwn(recordOwners, kind);

/**
 * Reads the changes in an event's details.
 * @returns undefined if a member that should name a change does not
 */
export const recordChangesOf = (
  details: Readonly<Record<string, string>> | undefined,
): readonly RecordChange[] | undefined => {
  const changes: RecordChange[] = [];
  for (const [name, text] of Object.entries(details ?? {})) {
    if (!name.startsWith(prefix)) continue;
    const [, kind = '', revision, digest, state, id = ''] = written.exec(text) ?? [];
    if (!isRecordKind(kind) || id.length > maxRecordId) return undefined;
    changes.push({
      kind,
      id,
      revision: Number(revision),
      digest: digest === 'deleted' ? null : (digest as string),
      ...(state !== '-' && { state }),
    });
  }
  return changes;
};
