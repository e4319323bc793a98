import type { AuditEvent } from '@ankasecure/contracts';
import { nameOf } from '../outcome/fence.js';
import type { Attempt } from './attempt.js';

/** The outcomes of one or more items that say the same, and the one event that records them. */
export interface Outcome {
  readonly event: AuditEvent;
  /** They are decided on the same revisions. */
  readonly attempts: readonly [Attempt, ...Attempt[]];
}

/** The longest detail in characters. */
const longest = 512;

/** A refusal, or the refusal that a dry run foresees. What a key did is never folded: each use has its own event. */
const isRefusal = ({ error, event, fence }: Attempt): boolean =>
  error !== undefined || (fence.tried === true && event.outcome === 'failure');

/** Nobody has a key of such an id, so the ids of unknown keys do not tell refusals apart. */
const isOfUnknownKey = ({ event, fence }: Attempt): boolean =>
  fence.key === null && event.failureCode === 'key-not-found';

const sameness = (attempt: Attempt): string => {
  const { eventId: _, occurredAt: __, keyId, ...said } = attempt.event;
  return JSON.stringify([nameOf(attempt.fence, said.operation), said, isOfUnknownKey(attempt) ? null : keyId]);
};

/** Lists ids in one detail, as far as they fit. */
const listed = (ids: readonly string[]): string => {
  const all = ids.join(' ');
  return all.length <= longest ? all : all.slice(0, all.lastIndexOf(' ', longest));
};

/** One event for all of `attempts`: the first one's, with their number and, if they name several unknown keys, the first of them. */
const folded = (attempts: readonly [Attempt, ...Attempt[]]): Outcome => {
  const [{ event }] = attempts;
  if (attempts.length === 1) return { event, attempts };
  const keyIds = [...new Set(attempts.flatMap(({ event: { keyId } }) => (keyId === null ? [] : [keyId])))];
  const count = String(attempts.length);
  if (keyIds.length < 2) return { event: { ...event, details: { ...event.details, count } }, attempts };
  return { event: { ...event, keyId: null, details: { ...event.details, count, keyIds: listed(keyIds) } }, attempts };
};

/**
 * Folds the refusals of a request that say the same into one event with a count, so that a small batch without any right does
 * not fill the trail.
 */
export const foldRefusals = (attempts: readonly Attempt[]): readonly Outcome[] => {
  const [refusals, others] = [attempts.filter(isRefusal), attempts.filter((attempt) => !isRefusal(attempt))];
  const groups = [...Map.groupBy(refusals, sameness).values()] as unknown as readonly [Attempt, ...Attempt[]][];
  return [...others.map((attempt) => folded([attempt])), ...groups.map(folded)];
};
