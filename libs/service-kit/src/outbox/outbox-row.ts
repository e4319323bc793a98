import { maxMembers, uuidForm } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { isWithin, type JsonBound } from '../json/json-bound.js';
import { OutboxEntry } from './outbox-entry.entity.js';

/** The limit of events in a row that is read. Earlier releases have written as many. */
export const mostInRow = 1000;
/** The limit of events in a row that is written: a slice of the backlog, which the audit service seals at once. */
export const mostWritten = 500;
/** The limit of a row's size, in bytes: twice the largest event's. A larger row is not read. */
export const mostRowBytes = 4 * 1024 * 1024;
/** The limits of a row's text: the list, its events, and their details and proofs. A row beyond them is not parsed. */
const bound: JsonBound = { depth: 3, values: mostInRow * maxMembers, outer: mostInRow, inner: maxMembers };

/** An event's part of the list around it. */
const separatorBytes = 2;

/** Joins events, each as JSON, to the text of a row. */
export const rowText = (events: readonly string[]): string => `[${events.join(',')}]`;

/** An event as it is found in a row. Its members are not checked, but its tenant is well-formed. */
export interface WrittenEvent {
  readonly tenantId: string;
  readonly eventId?: unknown;
}

const isWritten = (event: unknown): event is WrittenEvent =>
  typeof event === 'object' &&
  event !== null &&
  'tenantId' in event &&
  typeof event.tenantId === 'string' &&
  uuidForm.test(event.tenantId);

/**
 * Reads the events of a row. Whoever owns the database can write any text there. Nothing but a list of events may be joined
 * with other rows: the text of one row could hide another's, or stop the relay. A text that no process writes is not even
 * parsed, because it could take more memory than the process has.
 * @returns undefined if the text is not a JSON array of events, with at least one
 */
export const eventsOf = (text: string): readonly WrittenEvent[] | undefined => {
  if (text.length > mostRowBytes || !isWithin(text, bound)) return undefined;
  try {
    const events: unknown = JSON.parse(text);
    return Array.isArray(events) && events.length > 0 && events.every(isWritten) ? events : undefined;
  } catch {
    return undefined;
  }
};

/** The ids of a row's events, as far as they have any. */
export const idsOf = (events: readonly WrittenEvent[]): readonly string[] =>
  events.map(({ eventId }) => (typeof eventId === 'string' ? eventId : ''));

/** The event as JSON again. The database reads a row's tenant from its beginning. */
export const againText = ({ tenantId, ...event }: WrittenEvent): string => {
  // A member whose name is a number would come before the tenant.
  const rest = JSON.stringify(event).slice(1);
  return `{"tenantId":"${tenantId}"${rest === '}' ? '' : ','}${rest}`;
};

/** Divides the events of a commit into rows. @param textOf gives an event as JSON */
export const rowsOf = <Event>(
  events: readonly Event[],
  textOf: (event: Event) => string,
): readonly (readonly (readonly [event: Event, text: string])[])[] => {
  const rows: [Event, string][][] = [];
  let room = 0;
  for (const event of events) {
    const text = textOf(event);
    const bytes = Buffer.byteLength(text) + separatorBytes;
    const row = rows.at(-1);
    room -= bytes;
    if (row !== undefined && row.length < mostWritten && room > 0) {
      row.push([event, text]);
      continue;
    }
    rows.push([[event, text]]);
    room = mostRowBytes - bytes;
  }
  return rows;
};

/** Writes one row. @param events each as JSON */
export const writeRow = async (manager: EntityManager, events: readonly string[]): Promise<void> => {
  await manager.insert(OutboxEntry, { eventCount: events.length, events: rowText(events) });
};
