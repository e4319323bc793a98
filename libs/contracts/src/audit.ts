import { z } from 'zod';
import { contract, page } from './bus.js';
import { isOrdinaryEvent, isOrdinaryOffer } from './ordinary-event.js';
import { cursor, instant, keyIdOnly, pageLimit, uuid } from './primitive.js';
import type { Reporter } from './reporter.js';

export const outcomes = ['success', 'failure', 'unknown'] as const;

/** NUL and ill-formed UTF-16 have no canonical form, so they never get into an event. */
const field = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed() && !value.includes('\0'));

/** The maximum number of an event's details. With all of them at their longest, an event has less than 2 MiB. */
export const maxDetails = 512;

/** An event that a service reports. Null means absent and differs from empty. The first nine fields after the id are canonical. */
export const reportedEvent = z.strictObject({
  /** The reporter makes the id once. An event that arrives twice is sealed once. */
  eventId: uuid,
  tenantId: uuid,
  userId: field(256),
  keyId: uuid.nullable(),
  algorithm: field(64).nullable(),
  /** `key.create`, `encrypt`, `policy.put`, … */
  operation: field(64),
  outcome: z.enum(outcomes),
  failureCode: field(64).nullable(),
  /** Microseconds since the epoch. */
  occurredAt: z.number().int().nonnegative(),
  correlationId: field(64),
  /** Free-form, sealed with the event but not part of its canonical nine: `userIssuer`, key version, custody, JOSE alg, … */
  details: z
    .record(field(64), field(512))
    .refine((details) => Object.keys(details).length <= maxDetails)
    .optional(),
});
export type AuditEvent = z.infer<typeof reportedEvent>;

const proof = z.strictObject({
  process: uuid,
  mac: z.string().max(64),
  /** The event's own MAC under its tenant's audit key of the day, base64url, if the process has made it. Only workers can. */
  macKeyId: z.string().max(64).optional(),
  hmac: z.string().max(64).optional(),
});

/**
 * An event as it waits in an outbox and is offered to the audit service. The proof is the last member: a MAC under the key of the
 * process that wrote it (`outboxMac` of audit-event). Without it the event is refused with `event-unproven`. Nothing of it is sealed
 * but the event's own MAC.
 */
export const offeredEvent = z.strictObject({
  ...reportedEvent.shape,
  proof: proof.optional(),
});
export type OfferedEvent = z.infer<typeof offeredEvent>;

/** The maximum number of members of an event, with those of its details and its proof. */
export const maxMembers = [offeredEvent, proof].reduce((sum, { shape }) => sum + Object.keys(shape).length, maxDetails);

/** The maximum number of events in one append. */
export const maxAppend = 5000;

/** @throws Error for an event that the audit service would refuse for good. Its action must not be committed */
export const assertSealable = (event: AuditEvent): void => {
  if (isOrdinaryEvent(event)) return;
  const { error } = reportedEvent.safeParse(event);
  if (error === undefined) return;
  const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the event of ${event.operation} cannot be sealed: ${faults.join('; ')}`);
};

const isOrdinaryAppend = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || !('events' in value) || Object.keys(value).length !== 1)
    return false;
  const events: unknown = value.events;
  return (
    Array.isArray(events) &&
    events.length > 0 &&
    events.length <= maxAppend &&
    events.every((event) => isOrdinaryOffer(event))
  );
};

const append = (reporter: Reporter, partition = '') =>
  contract({
    owner: 'audit',
    callers: [reporter],
    subject: `audit.append.${reporter}${partition}`,
    request: z.strictObject({ events: z.array(offeredEvent).min(1).max(maxAppend) }),
    isOrdinary: isOrdinaryAppend,
    reply: z.strictObject({
      sealed: z.number().int().nonnegative(),
      /** Proofs may have the events' own MACs. A process of the release before says nothing, and refuses such events. */
      takesMacs: z.literal(true).optional(),
    }),
  });

/**
 * Appends events to the trails of their tenants. Each reporter has its own subject, which nobody else may publish, so the trail
 * can say who reported an event. The reply means that the events are sealed and committed. An id that is already sealed counts
 * as sealed.
 */
export const appendFromGateway = append('gateway');
export const appendFromPolicy = append('policy');
export const appendFromWorker = append('crypto-worker', '.{partition}');

/**
 * Computes the HMAC-SHA256 of each message under the tenant's audit key. With `macKeyId` null the current key is used
 * and named in the reply; a given id recomputes old MACs for verification, or seals a batch under the key of its events.
 */
export const computeMacs = contract({
  owner: 'crypto-worker',
  callers: ['audit'],
  subject: 'crypto.{partition}.audit.mac',
  request: z.strictObject({
    macKeyId: z.string().max(128).nullable(),
    /** base64 of events' `canonicalBytes` or of a batch's `chainSealBytes` (audit-event); the worker MACs `macInput` of each with the id of the key it uses. */
    messages: z.array(z.base64()).min(1).max(maxAppend),
  }),
  reply: z.strictObject({ macKeyId: z.string(), macs: z.array(z.base64()) }),
});

export const sealedEvent = z
  .strictObject({
    ...reportedEvent.omit({ occurredAt: true, details: true }).shape,
    occurredAt: instant,
    details: z.record(z.string(), z.string()),
    /** Gapless per tenant, from 1. */
    seq: z.number().int().positive(),
    macKeyId: z.string(),
    /** base64url; the leaf hash chains to the row before. */
    hmac: z.string(),
    previousHash: z.string(),
    hash: z.string(),
    sealedAt: instant,
  })
  .meta({ id: 'AuditEvent' });
export type SealedEvent = z.infer<typeof sealedEvent>;

/** Why an event fails verification. `anchor-mismatch`: the trail does not reach the place that the HSM holds, or what the audit service has sealed since. */
export const trailFaultReason = z.enum([
  'missing',
  'content-changed',
  'hmac-mismatch',
  'chain-broken',
  'time-inconsistent',
  'unsealed',
  'tail-missing',
  'record-forgotten',
  'anchor-mismatch',
]);

/** Why a row of a trail is not shown as an event. */
export const unprovenReason = trailFaultReason.exclude(['tail-missing', 'record-forgotten', 'anchor-mismatch']);

const seq = z.number().int().positive();

/** A row of a trail that no seal of the tenant's key vouches for. */
export const unprovenEvent = z
  .strictObject({
    seq,
    reason: unprovenReason.describe(
      '`content-changed`: the row contradicts its hash. `hmac-mismatch`: the tenant’s key did not make its MAC. `unsealed`: no seal of the tenant’s key covers it, for example because a later row of its batch was changed. `chain-broken`: another row has its place. `time-inconsistent`: its MAC key is of another day. `missing`: the database names the event and does not show it.',
    ),
    event: sealedEvent
      .nullable()
      .describe('What the row says, which proves nothing. Null if it does not have the form of an event.'),
  })
  .meta({ id: 'UnprovenEvent' });
export type UnprovenEvent = z.infer<typeof unprovenEvent>;

export const queryEvents = contract({
  owner: 'audit',
  callers: ['gateway'],
  subject: 'audit.query',
  request: z.strictObject({
    keyId: keyIdOnly.optional(),
    userId: field(256).optional(),
    operation: field(64).optional(),
    outcome: z.enum(outcomes).optional(),
    correlationId: field(64).optional(),
    /** Occurred at `from` or later, and before `until`. */
    from: instant.optional(),
    until: instant.optional(),
    /** Oldest first unless `desc`. */
    order: z.enum(['asc', 'desc']).default('desc'),
    limit: pageLimit,
    cursor: cursor.optional(),
  }),
  reply: page(sealedEvent).extend({
    /** Absent only from an audit service of the release before, which compares nothing. */
    unproven: z
      .array(unprovenEvent)
      .optional()
      .describe(
        'The rows of the page that the HSM does not vouch for: somebody has written into the database of the audit service. They are not among `items`. One for each number.',
      ),
    /**
     * The numbers that are missing among the page's, and before its first. Only of a listing without a filter: of any other it is
     * absent.
     */
    missing: z.array(z.strictObject({ fromSeq: seq, untilSeq: seq })).optional(),
  }),
});

/**
 * The numbers of successful creations and uses of keys, from the sealed events: most frequent first, at most 1,000 groups. The
 * database counts, and its rows are not compared with their MACs: the numbers are for a report, and decide nothing.
 */
export const countUses = contract({
  owner: 'audit',
  callers: ['crypto-worker'],
  subject: 'audit.count',
  request: z.strictObject({ from: instant, operations: z.array(field(64)).min(1).max(16) }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        operation: z.string(),
        keyId: uuid,
        version: z.number().int().positive(),
        count: z.number().int().positive(),
        lastAt: instant,
      }),
    ),
    /** False if there are more groups. */
    complete: z.boolean(),
  }),
});

/** How a trail stands to the anchor in the HSM. */
export const anchorComparison = z
  .strictObject({
    standing: z
      .enum(['matches', 'differs', 'none', 'unsupported', 'unknown'])
      .describe(
        '`matches`: the trail has the event that the HSM holds as its end, or is newer than the anchor. `differs`: it has not; `detail` says why. `none`: the HSM holds no anchor yet. `unsupported`: the HSM stores no data. `unknown`: the HSM did not answer.',
      ),
    seq: z
      .number()
      .int()
      .positive()
      .nullable()
      .describe('The last event of the trail that the HSM holds. Later events are anchored within a minute.'),
    detail: z.string().nullable(),
  })
  .meta({ id: 'AnchorComparison' });
export type AnchorComparison = z.infer<typeof anchorComparison>;

export const verifyTrail = contract({
  owner: 'audit',
  callers: ['gateway'],
  subject: 'audit.verify',
  request: z
    .strictObject({
      /** First and last seq of the range. Default: the whole trail. */
      fromSeq: z
        .number()
        .int()
        .positive()
        .optional()
        .describe('First event of the range. Default: the first event of the trail.'),
      untilSeq: z.number().int().positive().optional().describe('Last event of the range. Default: the newest event.'),
    })
    .meta({ id: 'VerifyTrail' }),
  reply: z
    .strictObject({
      valid: z.boolean(),
      checked: z
        .number()
        .int()
        .nonnegative()
        .describe(
          'The number of events that were verified, from the start of the range. Events are verified in the batches they were sealed in.',
        ),
      fromSeq: z.number().int().positive(),
      untilSeq: z.number().int().nonnegative(),
      /** The first sequence number that fails, and the reason. `unsealed` means that no seal of the tenant's key covers it, `record-forgotten` that the database, or the index that a seal binds, says something else of a record than the verified events. Null with `anchor-mismatch` if no event can be named. */
      firstBadSeq: z
        .number()
        .int()
        .positive()
        .nullable()
        .describe('The first event that fails verification or, with `unsealed`, the first that no seal covers.'),
      reason: trailFaultReason.nullable(),
      /** base64url of the chain's head, if the range reaches it. */
      headHash: z.string().nullable(),
      anchor: anchorComparison.describe(
        'The comparison of the trail with the HSM. If it differs, a range that reaches the end of the trail is not valid.',
      ),
    })
    .meta({ id: 'TrailVerification' }),
});
