import type { AnkaError, AuditEvent } from '@ankasecure/contracts';
import type { ExportedSpan } from '@ankasecure/service-kit';
import type { OutcomeRow } from './commit-outcomes.sql.js';
import { type Fence, nameOf } from './fence.js';

/** An outcome to commit. */
export interface Outcome {
  readonly fence: Fence;
  readonly event: AuditEvent;
  /** Committed instead if the fence does not hold. */
  readonly fallback?: AuditEvent;
}

/**
 * The end of an outcome's commit: written; or not, because its fence does not hold; or not, because another outcome of the same
 * request is outdated. The fallback, if there is one, is written in place of an outdated outcome.
 */
export type Verdict = 'written' | 'outdated' | 'held-back';

/** Outcomes that become one row of the outbox. */
export interface Group extends OutcomeRow {
  readonly name: string;
  readonly events: string[];
  readonly fallbacks: string[];
  /** Length of the events and fallbacks in UTF-16 code units. */
  size: number;
  uses: number;
  readonly settle: ((verdict: Verdict) => void)[];
  readonly fail: ((error: AnkaError) => void)[];
  /** The spans of the requests that wait. */
  readonly spans: ExportedSpan[];
}

/** The limits of one row, far below the size of one message to the audit service. */
const rowLimit = { events: 500, size: 256 * 1024 };

export const hasRoom = ({ events, size }: Group): boolean => events.length < rowLimit.events && size < rowLimit.size;

/** The name of the group that an outcome belongs to. */
export const groupName = ({ fence, event }: Outcome, bundle: number | null): string =>
  `${nameOf(fence, event.operation)}/${bundle ?? ''}`;

export const emptyGroup = (name: string, { fence, event }: Outcome, bundle: number | null): Group => ({
  name,
  fence,
  operation: event.operation,
  bundle,
  events: [],
  fallbacks: [],
  size: 0,
  uses: 0,
  settle: [],
  fail: [],
  spans: [],
});

export const addTo = (group: Group, { fence, event, fallback }: Outcome): void => {
  const text = JSON.stringify(event);
  group.events.push(text);
  group.size += text.length;
  if (fallback !== undefined) {
    const instead = JSON.stringify(fallback);
    group.fallbacks.push(instead);
    group.size += instead.length;
  }
  if (fence.key !== null && fence.tried !== true && event.outcome === 'success') group.uses++;
};
