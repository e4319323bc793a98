import { AnkaError, type AuditEvent, type KeyQuota, type Notice, toldError } from '@ankasecure/contracts';
import type { Fence } from '../outcome/fence.js';
import { mostUrgent } from '../policy/ruling.js';
import { tightest } from '../quota/quotas.js';

/**
 * The outcome of one item, or of one of several uses of keys that an item takes. Its body or error may be released only after its
 * event, and those of the uses before it, are committed.
 */
export interface Attempt {
  readonly fence: Fence;
  readonly event: AuditEvent;
  /** Microseconds inside PKCS#11 calls. 0 for a failure: the time would tell which step failed. */
  readonly hsmMicros: number;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly error?: AnkaError;
  readonly notice?: Notice;
  readonly keyQuota?: KeyQuota;
  /** The uses of keys that the item took before this one, if it takes several. */
  readonly before?: readonly Attempt[];
}

/** All uses of keys of an item, in order. */
export const usesOf = (attempt: Attempt): readonly Attempt[] =>
  attempt.before === undefined ? [attempt] : [...attempt.before, attempt];

/** Microseconds inside PKCS#11 calls for an item. A failure has none, whatever was done before it. */
export const hsmMicrosOf = (attempt: Attempt): number =>
  attempt.error === undefined ? usesOf(attempt).reduce((sum, { hsmMicros }) => sum + hsmMicros, 0) : 0;

/**
 * Joins uses of keys that are one item. The first that was refused refuses the item.
 * @param answer the body of the item, from those of its uses; a dry run's is that of its last use
 */
export const joinedUses = (
  uses: readonly Attempt[],
  answer: (bodies: readonly Readonly<Record<string, unknown>>[]) => Readonly<Record<string, unknown>>,
): Attempt => {
  const isTry = uses.some(({ fence }) => fence.tried === true);
  const main =
    uses.find(({ error, event }) => error !== undefined || (isTry && event.outcome === 'failure')) ?? uses.at(-1);
  if (main === undefined) throw new AnkaError('internal-error');
  const before = uses.filter((use) => use !== main);
  if (main.error !== undefined || isTry) return { ...main, before };
  return { ...main, before, body: answer(uses.map(({ body = {} }) => body)) };
};

/** The most urgent notice of all items, for the answer's headers. */
export const noticeOf = (attempts: readonly Attempt[]): { notice?: Notice } => {
  const uses = attempts.flatMap(usesOf);
  if (uses.every((attempt) => attempt.notice === undefined)) return {};
  const notice = mostUrgent(uses.map((attempt) => attempt.notice));
  return notice === undefined ? {} : { notice };
};

/** The tightest quota of all items, for the answer's headers. */
export const quotaOf = (attempts: readonly Attempt[]): { keyQuota?: KeyQuota } => {
  const keyQuota = tightest(attempts.flatMap(usesOf).map((attempt) => attempt.keyQuota));
  return keyQuota === undefined ? {} : { keyQuota };
};

/** One item of a batch's answer. */
export const itemAnswer = ({ body, error }: Attempt): unknown =>
  error === undefined ? body : { error: toldError(error) };
