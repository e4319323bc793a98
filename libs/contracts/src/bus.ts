import { z } from 'zod';
import { isErrorCode } from './error.js';
import type { HsmMeter } from './hsm-meter.js';
import { revisions } from './precondition.js';
import { instant, text, uuid } from './primitive.js';
import { policyRefusal } from './refusal.js';
import { roles } from './role.js';
import type { ServedSubject } from './served-subject.js';

/** A service of the platform, and the name of its NATS identity. */
export const services = ['gateway', 'policy', 'crypto-worker', 'audit'] as const;
export type Service = (typeof services)[number];

/** The maximum number of groups of a principal. More would not fit into a token in a request's header. */
export const maxGroups = 512;

/** An issuer's `iss`, compared character by character. */
export const issuerName = text(512);

/**
 * The caller, the tenant and the time that is left of a request. It is the first line of every request; the body follows.
 * The tenant comes from the verified token alone. The clocks of two machines may differ, so no instant decides across them.
 */
export const context = z.strictObject({
  tenantId: uuid,
  /** The token's subject, or the service's name if a service acts by itself. */
  principal: text(256),
  /** The token's `iss`, which vouches for the principal. Absent if a service acts by itself. */
  issuer: issuerName.optional(),
  /** The principal's roles and groups in the token. Absent if a service acts by itself. */
  roles: z.array(z.enum(roles)).optional(),
  groups: z.array(text(128)).max(maxGroups).optional(),
  correlationId: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  /** The caller's IP address, if audit events contain it. */
  clientAddress: z
    .string()
    .regex(/^[0-9A-Fa-f:.]{2,45}$/)
    .optional(),
  /** Milliseconds until the deadline, when the request was sent. */
  remainingMs: z.number().int().positive(),
  /** The process that sent the request, and when by its monotonic clock, so that the receiver knows requests that waited on their way. */
  sent: z.strictObject({ by: z.string().max(36), at: z.number() }).optional(),
  /** The reply's head is to tell the server's clock, so that clocks are compared. */
  askClock: z.literal(true).optional(),
  /** W3C Trace Context. */
  traceparent: z.string().max(64).optional(),
  /** The id of the resource to create, so that a repeated call creates it once. */
  resourceId: uuid.optional(),
  /** The preconditions of the change: revisions of the resource, from its ETags. `assertPreconditions` decides. */
  ifMatch: revisions.optional(),
  ifNoneMatch: revisions.optional(),
  /** Checks everything and reports what would happen, without an HSM call or a change. */
  dryRun: z.literal(true).optional(),
  /**
   * Another person requested this, and `principal` has approved it. Only the gateway sets it, for a request that it carries out
   * from its own database.
   */
  approval: z.strictObject({ id: uuid, requestedBy: text(256), requestedByIssuer: issuerName.optional() }).optional(),
  /**
   * An issuer of the tenant whose people another issuer can name too. Only the gateway sets it, for a change of the policy:
   * two people cannot be required while one issuer can speak for another's.
   */
  sharedIssuer: issuerName.optional(),
});
export type Context = Omit<z.infer<typeof context>, 'remainingMs' | 'sent' | 'askClock'> & {
  /** The moment of this process's `monotonicNow` after which no service works on the request. */
  readonly deadline: number;
  /** Adds up the HSM time of this request. Set by the server that decodes the request; never serialised. */
  readonly hsm?: HsmMeter;
  /** Set by the server that decodes the request; never serialised. */
  readonly served?: ServedSubject;
};

export const failure = z.strictObject({
  code: z.string().refine(isErrorCode),
  retryable: z.boolean(),
  detail: z.string(),
  refusal: policyRefusal.optional(),
  /** The service that refused has recorded it. */
  onRecord: z.literal(true).optional(),
});

/** The answer's Deprecation and Sunset headers, for the use of an algorithm that will end. */
export const notice = z.strictObject({ deprecation: instant.optional(), sunset: instant.optional() });
export type Notice = z.infer<typeof notice>;

/** The remaining quota of the used key for RateLimit headers: the tightest, if several keys were used. */
export const keyQuota = z.strictObject({
  /** The burst in operations, and the seconds in which it refills. */
  quota: z.number().int().positive(),
  window: z.number().int().positive(),
  /** Remaining operations, and the seconds until all are available again or, after a refusal, until the next one is. */
  remaining: z.number().int().nonnegative(),
  seconds: z.number().int().nonnegative(),
});
export type KeyQuota = z.infer<typeof keyQuota>;

/** The clock of the process that answered. It is for comparison only: nothing is decided by it. */
export const clockReading = z.strictObject({
  service: z.enum(services),
  /** Names the process. */
  instance: z.string().max(36),
  /** Milliseconds since the epoch, when the reply was sent. */
  at: z.number(),
  /** Whether the process agrees with its own database. Otherwise its clock accuses nobody. */
  sound: z.boolean(),
});
export type ClockReading = z.infer<typeof clockReading>;

/** The first line of every reply. The body follows if `ok`. */
export const replyHead = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    /** Microseconds inside PKCS#11 calls. */
    hsmMicros: z.number().nonnegative().optional(),
    /** Microseconds from receipt to reply. */
    workerMicros: z.number().nonnegative().optional(),
    /** The revision of the resource in the body, for its ETag. */
    revision: z.number().int().positive().optional(),
    /** Set if the body shows more than the revision decides, such as what a date has brought about: another body has another variant. */
    variant: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,32}$/)
      .optional(),
    /** The id of the created resource, for its Location. */
    id: uuid.optional(),
    notice: notice.optional(),
    /** Absent if the key has no quota or was not used. */
    keyQuota: keyQuota.optional(),
    clock: clockReading.optional(),
  }),
  z.strictObject({
    ok: z.literal(false),
    error: failure,
    /** With `approval-required`: the revision of the resource, which the approval will be bound to. */
    revision: z.number().int().positive().optional(),
    hsmMicros: z.number().optional(),
    workerMicros: z.number().optional(),
    keyQuota: keyQuota.optional(),
    clock: clockReading.optional(),
  }),
]);
export type ReplyHead = z.infer<typeof replyHead>;

/** A request/reply pair: its owner, its callers, its subject and the strict schemas of both bodies. */
export interface Contract<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly owner: Service;
  readonly callers: readonly Service[];
  /** `{partition}` is replaced by the name of an HSM partition. */
  readonly subject: string;
  readonly request: Request;
  readonly reply: Reply;
  /** Tells that a request certainly fulfils its schema, and faster than the schema. False says nothing. `value` may be any JSON. */
  readonly isOrdinary?: (value: unknown) => boolean;
}

export const contract = <Request extends z.ZodType, Reply extends z.ZodType>(
  definition: Contract<Request, Reply>,
): Contract<Request, Reply> => definition;

/** Stands for every partition, for a service that serves all of them. */
export const anyPartition = '*';

/** The subject of `of` on `partition`, whose name has no dots. Subjects without a partition ignore it. */
export const subjectOf = (of: Contract, partition: string): string => of.subject.replace('{partition}', partition);

/** The queue group of a partition's workers, so that any of them can serve any request. */
export const queueOf = (of: Contract, partition: string): string =>
  of.subject.includes('{partition}') && partition !== anyPartition ? `${of.owner}.${partition}` : of.owner;

/** The partition that `subject`, one of the contract's subjects, names. */
export const partitionIn = (of: Contract, subject: string): string | undefined =>
  subject.split('.')[of.subject.split('.').indexOf('{partition}')];

/** A page of a listing. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });
