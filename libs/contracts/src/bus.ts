import { z } from 'zod';
import { isErrorCode } from './error.js';
import type { HsmMeter } from './hsm-meter.js';
import { instant, text, uuid } from './primitive.js';
import { policyRefusal } from './refusal.js';
import { roles } from './role.js';

/** A service of the platform, and the name of its NATS identity. */
export const services = ['gateway', 'policy', 'crypto-worker', 'audit'] as const;
export type Service = (typeof services)[number];

/** Most groups of one principal: more do not fit into a token that fits into a request's header. */
export const maxGroups = 512;

/** An issuer's `iss`, compared character by character. */
export const issuerName = text(512);

/**
 * Who asks, for whom, and until when. First line of every request; the body follows it.
 * The tenant comes from the verified token and from nothing else.
 */
export const context = z.strictObject({
  tenantId: uuid,
  /** The token's subject, or the service's name where a service acts by itself. */
  principal: text(256),
  /** Whose word it is that this is the principal: the token's `iss`; absent where a service acts by itself. */
  issuer: issuerName.optional(),
  /** What the token calls the principal, and the groups it counts it among; absent where a service acts by itself. */
  roles: z.array(z.enum(roles)).optional(),
  groups: z.array(text(128)).max(maxGroups).optional(),
  correlationId: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  /** Milliseconds since the epoch; nobody works on a request after it. */
  deadline: z.number().int(),
  /** W3C Trace Context. */
  traceparent: z.string().max(64).optional(),
  /** The id a creating call gives the thing it makes, so that a repeated call makes it once. */
  resourceId: uuid.optional(),
  /** Strong ETag the change was conditioned on: the row's revision. */
  ifMatch: z.number().int().positive().optional(),
  /** Check everything, say what would happen, do nothing: no HSM call and no change. */
  dryRun: z.literal(true).optional(),
  /**
   * Somebody else asked for this, and `principal` has approved it. Only the gateway says so, of a request that it carries out
   * from its own database.
   */
  approval: z.strictObject({ id: uuid, requestedBy: text(256) }).optional(),
});
export type Context = z.infer<typeof context> & {
  /** Adds up the HSM time of this request. Set by the server that decodes the request; never serialised. */
  readonly hsm?: HsmMeter;
};

export const failure = z.strictObject({
  code: z.string().refine(isErrorCode),
  retryable: z.boolean(),
  detail: z.string(),
  refusal: policyRefusal.optional(),
});

/** What was used is on its way out: the answer's Deprecation and Sunset headers. */
export const notice = z.strictObject({ deprecation: instant.optional(), sunset: instant.optional() });
export type Notice = z.infer<typeof notice>;

/** What the used key may still do, as RateLimit headers say it: the tightest, where several were used. */
export const keyQuota = z.strictObject({
  /** Operations at once after a pause, and the seconds in which as many come anew. */
  quota: z.number().int().positive(),
  window: z.number().int().positive(),
  /** Operations left, and the seconds until all of them are there again, or, when it was too few, until the next is. */
  remaining: z.number().int().nonnegative(),
  seconds: z.number().int().nonnegative(),
});
export type KeyQuota = z.infer<typeof keyQuota>;

/** First line of every reply; the body follows it when `ok`. */
export const replyHead = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    /** Microseconds inside PKCS#11 calls. */
    hsmMicros: z.number().nonnegative().optional(),
    /** Microseconds from receipt to reply. */
    workerMicros: z.number().nonnegative().optional(),
    /** Revision of the one resource the body holds: its ETag. */
    revision: z.number().int().positive().optional(),
    /** Id of the one resource the call made: the end of its Location. */
    id: uuid.optional(),
    notice: notice.optional(),
    /** Absent where the key has no quota, or nothing was asked of it. */
    keyQuota: keyQuota.optional(),
  }),
  z.strictObject({
    ok: z.literal(false),
    error: failure,
    /** With `approval-required`: the revision of the resource that was asked about, which a second person may approve it of. */
    revision: z.number().int().positive().optional(),
    hsmMicros: z.number().optional(),
    workerMicros: z.number().optional(),
    keyQuota: keyQuota.optional(),
  }),
]);
export type ReplyHead = z.infer<typeof replyHead>;

/** A request/reply pair: who serves it, who may ask, the subject and the strict schemas of both bodies. */
export interface Contract<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly owner: Service;
  readonly callers: readonly Service[];
  /** `{partition}` in it stands for the name of an HSM partition. */
  readonly subject: string;
  readonly request: Request;
  readonly reply: Reply;
}

export const contract = <Request extends z.ZodType, Reply extends z.ZodType>(
  definition: Contract<Request, Reply>,
): Contract<Request, Reply> => definition;

/** The subject of `of` on `partition` (a partition's name has no dots); subjects without a partition ignore it. */
export const subjectOf = (of: Contract, partition: string): string => of.subject.replace('{partition}', partition);

/** Workers of one partition share one queue group, so that any of them may serve any request. */
export const queueOf = (of: Contract, partition: string): string =>
  of.subject.includes('{partition}') ? `${of.owner}.${partition}` : of.owner;

/** A page of a listing. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });
