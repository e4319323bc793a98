import { z } from 'zod';
import { trailFaultReason } from './audit.js';
import { contract, services } from './bus.js';
import { enforcedPolicy } from './policy.js';
import { uuid } from './primitive.js';
import { recordKind, recordName } from './record-change.js';

/** The maximum number of records in a request about the history, and in its answer. */
export const maxHeads = 1000;

/**
 * The furthest that a revision may be ahead of the audit service's clock, in milliseconds. A trail that is further ahead goes on
 * by numbers.
 */
export const mostRevisionAheadMs = 86_400_000;

/** How far the revision of such a change may be ahead of the highest that the trail holds. */
export const mostRevisionStep = 10_000;

/** The last change of a record that the trail holds. */
export const recordHead = z.strictObject({
  ...recordName.shape,
  /** The event of the change in the tenant's trail. */
  seq: z.number().int().positive(),
  revision: z.number().int().positive(),
  /** base64url; null if the record was deleted. */
  digest: z.string().nullable(),
  /** The state that counts: that of the change, or a final one that the record had before (`stateAfter`). */
  state: z.string().nullable(),
});
export type RecordHead = z.infer<typeof recordHead>;

/** Records of one kind that are numbered: `<of>/<n>`, such as the versions of a key. Null for records whose id is the number. */
export const numberedRecords = z.strictObject({ kind: recordKind, of: z.string().min(1).max(64).nullable() });
export type NumberedRecords = z.infer<typeof numberedRecords>;

/**
 * Reads the last changes of records of the context's tenant. Records that the trail does not know are left out. `newest` asks
 * for the numbered record with the highest number that was not deleted.
 */
export const readRecordHeads = contract({
  owner: 'audit',
  callers: ['gateway', 'policy', 'crypto-worker'],
  subject: 'audit.record.heads',
  request: z.strictObject({
    records: z.array(recordName).max(maxHeads),
    newest: z.array(numberedRecords).max(maxHeads),
  }),
  reply: z.strictObject({ heads: z.array(recordHead) }),
});

/** Lists the last changes of a tenant's records that one service owns, by kind and id: of one kind only, if the request names it. */
export const listRecordHeads = contract({
  owner: 'audit',
  callers: ['gateway', 'policy', 'crypto-worker'],
  subject: 'audit.record.list',
  request: z.strictObject({
    owner: z.enum(services),
    kind: recordKind.optional(),
    after: recordName.nullable(),
  }),
  reply: z.strictObject({ heads: z.array(recordHead), complete: z.boolean() }),
});

/** Reads the highest revision of the context's tenant's records that one service owns, of those that the trail holds. */
export const readHighestRevision = contract({
  owner: 'audit',
  callers: ['gateway', 'policy', 'crypto-worker'],
  subject: 'audit.record.highest',
  request: z.strictObject({ owner: z.enum(services) }),
  /** 0 if the trail names none. */
  reply: z.strictObject({ revision: z.number().int().nonnegative() }),
});

/**
 * Lists the changes to states that a record never loses (`finalStates`), and to those that may follow one, oldest first: all of
 * them with their own states, whatever the records' last changes say.
 */
export const listFinalChanges = contract({
  owner: 'audit',
  callers: ['crypto-worker'],
  subject: 'audit.record.final',
  /** `after`: the event after which the page begins. */
  request: z.strictObject({ after: z.number().int().nonnegative() }),
  reply: z.strictObject({
    changes: z.array(recordHead),
    /** The event after which the next page begins; null after the last page. */
    next: z.number().int().positive().nullable(),
  }),
});

/**
 * Lists the tenants whose records a service owns, with the highest revision that the trail holds, by tenant. A database with a
 * lower revision was restored from a backup.
 */
export const listRecordPositions = contract({
  owner: 'audit',
  callers: ['gateway', 'policy', 'crypto-worker'],
  subject: 'audit.record.positions',
  request: z.strictObject({
    owner: z.enum(services),
    /** Only tenants of this HSM partition; null for all. */
    partition: z.string().nullable(),
    after: uuid.nullable(),
  }),
  reply: z.strictObject({
    items: z.array(z.strictObject({ tenantId: uuid, revision: z.number().int().positive() })),
    complete: z.boolean(),
  }),
});

/** An anchor of the trails in the token: a number that only grows, and the digest of all trails' heads at that time. */
export const trailAnchor = z.strictObject({
  number: z.number().int().positive(),
  /** base64url of SHA-256. */
  digest: z.string().length(43),
});
export type TrailAnchor = z.infer<typeof trailAnchor>;

const toWorker = { owner: 'crypto-worker', callers: ['audit'] } as const;

/** Reads the anchor that the partition's token holds. Null if it holds none; not `supported` if the token stores no data. */
export const readAnchor = contract({
  ...toWorker,
  subject: 'crypto.{partition}.anchor.read',
  request: z.strictObject({}),
  reply: z.strictObject({ supported: z.boolean(), anchor: trailAnchor.nullable() }),
});

/** Puts an anchor into the token, if its number is higher than that of the anchor there. The reply is the anchor that it holds then. */
export const writeAnchor = contract({
  ...toWorker,
  subject: 'crypto.{partition}.anchor.write',
  request: trailAnchor,
  reply: z.strictObject({ supported: z.boolean(), anchor: trailAnchor.nullable() }),
});

/** The most unsound trails that an answer names. */
export const maxUnsound = 200;

/** A trail that fails verification, or could not be verified, and stays refused. */
export const unsoundTrail = z.strictObject({
  tenantId: uuid,
  firstBadSeq: z
    .number()
    .int()
    .positive()
    .describe('The first event that fails verification or, with `unproved`, the first that was not verified.'),
  reason: z
    .enum([...trailFaultReason.options, 'unproved'])
    .describe(
      '`unproved`: the verification itself failed, for example because the workers refuse the tenant’s audit key. It does not say that the trail was changed; the audit service’s log says why.',
    ),
});
export type UnsoundTrail = z.infer<typeof unsoundTrail>;

/**
 * Accepts that the audit database was restored from a backup: verifies each refused trail, and anchors those that are sound as
 * they are now. The event that says so is sealed first, in the platform's trail. Trails that match the anchor are left as they
 * are.
 */
export const acceptTrails = contract({
  owner: 'audit',
  callers: ['gateway'],
  subject: 'audit.trail.accept',
  request: z.strictObject({}),
  reply: z.strictObject({
    /** False if the trails match the anchor. */
    accepted: z.boolean(),
    /** Why the trails did not match the anchor. */
    reason: z.string().nullable(),
    refused: z
      .array(unsoundTrail)
      .max(maxUnsound)
      .describe('The first of the trails that fail verification, or could not be verified. They stay refused.'),
  }),
});

/** The most records that a report of a restore names. */
export const maxRestored = 200;

/** The outcome for a record that a restored database holds in an older form, or not at all. */
export const restoredRecord = z.strictObject({
  kind: recordKind,
  id: z.string(),
  outcome: z
    .enum(['reapplied', 'accepted', 'removed', 'lost', 'kept'])
    .describe(
      '`reapplied`: the record has the state that the trail holds, or names a key that the HSM still has. `accepted`: its restored form counts from now on, with its own state if the trail’s allows more. `removed`: the trail says that it was deleted, or its restored form grants too much. `lost`: the backup does not have it. `kept`: the backup does not have an exclusion that is in force all the same, because the trail names whom it shuts out. It is told by every call, until it is deleted.',
    ),
  state: z.string().nullable().describe('The state that was applied again.'),
});
export type RestoredRecord = z.infer<typeof restoredRecord>;

export const restoreReport = z
  .strictObject({
    tenantId: uuid,
    counts: z.strictObject({
      reapplied: z.number().int().nonnegative(),
      accepted: z.number().int().nonnegative(),
      removed: z.number().int().nonnegative(),
      lost: z.number().int().nonnegative(),
      kept: z.number().int().nonnegative().default(0),
    }),
    records: z.array(restoredRecord).max(maxRestored).describe('The first of these records.'),
    policyVersion: z.number().int().positive().describe('The version of the policy in force.'),
  })
  .meta({ id: 'RestoreReport' });
export type RestoreReport = z.infer<typeof restoreReport>;

/**
 * Brings the restored databases of the context's tenant up to date with the audit trail: applies states and policies again,
 * and accepts what the trail knows only by its digest. Repeating it does nothing more.
 */
export const restoreTenant = contract({
  owner: 'policy',
  callers: ['gateway'],
  subject: 'policy.tenant.restore',
  request: z.strictObject({ tenant: uuid }),
  reply: restoreReport,
});

/**
 * The worker's part of `restoreTenant`. The newer of both policies is in force afterwards, and is in the reply. A dry run gives
 * the same reply and changes nothing.
 */
export const restoreRecords = contract({
  owner: 'crypto-worker',
  callers: ['policy'],
  subject: 'crypto.{partition}.record.restore',
  request: z.strictObject({ policy: enforcedPolicy }),
  reply: z.strictObject({ records: z.array(restoredRecord), policy: enforcedPolicy }),
});
