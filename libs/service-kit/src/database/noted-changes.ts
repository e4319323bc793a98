import { type AuditEvent, newId, type RecordChange, recordDetails } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';

export interface NotedChange {
  readonly tenantId: string;
  readonly change: RecordChange;
}

/** The maximum number of changes that one event names. */
const perEvent = 32;

/** The changes of a transaction that no event names yet, by the transaction's connection. */
const noted = new WeakMap<object, NotedChange[]>();

/** All changes of a transaction, named or not. */
const written = new WeakMap<object, NotedChange[]>();

const transactionOf = ({ queryRunner }: EntityManager): object => {
  if (queryRunner === undefined) throw new Error('a record changes inside a transaction only');
  return queryRunner;
};

/** Notes changes of sealed records. The next events that the transaction writes name them. */
export const noteChanges = (manager: EntityManager, tenantId: string, changes: readonly RecordChange[]): void => {
  const transaction = transactionOf(manager);
  const more = changes.map((change) => ({ tenantId, change }));
  noted.set(transaction, [...(noted.get(transaction) ?? []), ...more]);
  written.set(transaction, [...(written.get(transaction) ?? []), ...more]);
};

/** The changes of a transaction that has ended. It forgets them: its connection serves others. */
export const takeWritten = (queryRunner: object): readonly NotedChange[] => {
  const changes = written.get(queryRunner) ?? [];
  written.delete(queryRunner);
  return changes;
};

/** Forgets again what `work` notes, unless it says that it was done. */
export const notingIf = async (manager: EntityManager, work: () => Promise<boolean>): Promise<boolean> => {
  const transaction = manager.queryRunner;
  const before = [noted, written].map((changes) => [changes, transaction && changes.get(transaction)] as const);
  const isDone = await work();
  if (isDone || transaction === undefined) return isDone;
  for (const [changes, earlier] of before)
    if (earlier === undefined) changes.delete(transaction);
    else changes.set(transaction, earlier);
  return false;
};

/**
 * Puts the noted changes into `events`: each change into an event of its tenant's trail. A trail with more changes than one
 * event can name gets copies of its event. Changes of a tenant without an event stay noted.
 */
export const withNotedChanges = (manager: EntityManager, events: readonly AuditEvent[]): readonly AuditEvent[] => {
  const transaction = manager.queryRunner;
  const waiting = transaction && noted.get(transaction);
  if (transaction === undefined || waiting === undefined) return events;
  const tenants = new Set(events.map(({ tenantId }) => tenantId));
  const left = waiting.filter(({ tenantId }) => !tenants.has(tenantId));
  if (left.length > 0) noted.set(transaction, left);
  else noted.delete(transaction);
  const told = new Set<string>();
  return events.flatMap((event) => {
    if (told.has(event.tenantId)) return [event];
    told.add(event.tenantId);
    return naming(
      event,
      waiting.filter(({ tenantId }) => tenantId === event.tenantId).map(({ change }) => change),
    );
  });
};

/** The event with the changes, and its continuations if there are too many for one. */
const naming = (event: AuditEvent, changes: readonly RecordChange[]): readonly AuditEvent[] => {
  const named = (more: AuditEvent, from: number): AuditEvent => ({
    ...more,
    details: { ...more.details, ...recordDetails(changes.slice(from, from + perEvent)) },
  });
  const continuations = Array.from({ length: Math.max(0, Math.ceil(changes.length / perEvent) - 1) }, (_, index) => {
    const details = { ...event.details, continues: event.eventId };
    return named({ ...event, eventId: newId(), details }, (index + 1) * perEvent);
  });
  return [changes.length === 0 ? event : named(event, 0), ...continuations];
};

/** Checks, before a commit, that events name all changes of the transaction. Nothing changes off the record. */
export const assertAllNamed = (manager: EntityManager): void => {
  const left = manager.queryRunner && noted.get(manager.queryRunner);
  if (left === undefined) return;
  const kinds = [...new Set(left.map(({ change }) => change.kind))].join(', ');
  throw new Error(`records change and no event of their tenant names them: ${kinds}`);
};

/** Forgets what a transaction noted that was rolled back. Its connection serves others. */
export const forgetNoted = (manager: EntityManager): void => {
  if (manager.queryRunner !== undefined) noted.delete(manager.queryRunner);
};
