import type { AnkaError, AuditEvent, EventName } from '@ankasecure/contracts';
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

/** Outcomes of one fence and operation. */
export interface Group extends OutcomeRow {
  readonly name: string;
  readonly events: string[];
  readonly fallbacks: string[];
  /** The names of the events, and of the fallbacks. */
  readonly names: Readonly<Record<'events' | 'fallbacks', EventName[]>>;
  place: number;
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

/**
 * Gives each group the place of its row in the outbox: one row for a tenant, or several if it would be too large.
 * @param groups sorted by name, so that those of one tenant follow each other
 */
export const placeGroups = (groups: readonly Group[]): void => {
  let [place, events, size] = [0, 0, 0];
  let tenantId: string | undefined;
  for (const group of groups) {
    const fits =
      tenantId === group.fence.tenantId &&
      events + group.events.length <= rowLimit.events &&
      size + group.size <= rowLimit.size;
    if (!fits) {
      place++;
      tenantId = group.fence.tenantId;
      events = size = 0;
    }
    events += group.events.length;
    size += group.size;
    group.place = place;
  }
};

/** The name of the group that an outcome belongs to. */
export const groupName = ({ fence, event }: Outcome, bundle: number | null): string =>
  `${nameOf(fence, event.operation)}/${bundle ?? ''}`;

export const emptyGroup = (name: string, { fence, event }: Outcome, bundle: number | null): Group => ({
  name,
  fence,
  operation: event.operation,
  bundle,
  place: 0,
  events: [],
  fallbacks: [],
  names: { events: [], fallbacks: [] },
  size: 0,
  uses: 0,
  settle: [],
  fail: [],
  spans: [],
});

/** An outcome's event and fallback as they are written into a row. */
export interface OutcomeText {
  readonly event: string;
  readonly fallback: string | undefined;
}

const nameOfEvent = ({ tenantId, eventId, correlationId }: AuditEvent): EventName => ({
  tenantId,
  eventId,
  correlationId,
});

export const addTo = (group: Group, { fence, event, fallback }: Outcome, text: OutcomeText): void => {
  group.events.push(text.event);
  group.names.events.push(nameOfEvent(event));
  group.size += text.event.length;
  if (fallback !== undefined && text.fallback !== undefined) {
    group.fallbacks.push(text.fallback);
    group.names.fallbacks.push(nameOfEvent(fallback));
    group.size += text.fallback.length;
  }
  if (fence.key !== null && fence.tried !== true && event.outcome === 'success') group.uses++;
};

/** The verdict on each group, by the numbers of the groups that were written and of those whose fence does not hold. */
export const verdictsOf = (
  count: number,
  written: readonly number[],
  outdated: readonly number[],
): readonly Verdict[] => {
  const verdicts = new Array<Verdict>(count).fill('held-back');
  for (const number of written) verdicts[number - 1] = 'written';
  for (const number of outdated) verdicts[number - 1] = 'outdated';
  return verdicts;
};

/** The events of each row that a commit has written into the outbox, in the row's order. */
export const recordedRows = (
  groups: readonly Group[],
  written: readonly number[],
  outdated: readonly number[],
): readonly (readonly EventName[])[] => {
  const fallbacks = outdated.map((number) => groups[number - 1]?.names.fallbacks ?? []);
  const rows = new Map<number, readonly EventName[]>();
  for (const number of written) {
    const group = groups[number - 1];
    if (group === undefined) continue;
    const row = rows.get(group.place);
    rows.set(group.place, row === undefined ? group.names.events : [...row, ...group.names.events]);
  }
  return [...fallbacks, ...rows.values()].filter(({ length }) => length > 0);
};
