import {
  type AuditEvent,
  auditEvent,
  type Context,
  type RecordHead,
  type RecordKind,
  type RestoredRecord,
  recordOwners,
} from '@ankasecure/contracts';
import type { EntityManager, ObjectLiteral } from 'typeorm';
import { noteChanges } from '../database/noted-changes.js';
import { changeRecord, removeRecord, sealsOf } from './change-record.js';
import { skipRevisions } from './record-position.sql.js';
import { isCurrent } from './record-standing.js';
import { type Sealed, toldOf } from './sealed-record.js';
import { ownerColumn, trailNameOf } from './tracked-record.js';

type Row = ObjectLiteral & Sealed;

/** How a kind of record is brought up to date. */
export interface Restoring {
  /**
   * Returns the columns to change in the restored row, so that it has the state that the trail holds. `remove` for a row whose
   * restored form must not count. The restored form is accepted if the column that the trail tells stays; for kinds without
   * one, if nothing but its count of changes (`revision`) does.
   */
  readonly changes: (
    manager: EntityManager,
    row: Row,
    head: RecordHead,
    context: Context,
  ) => Promise<Partial<Row> | 'remove'> | Partial<Row> | 'remove';
  /**
   * Tells what a record is that the database lacks: lost, kept by the trail alone, or neither because such rows are deleted off the
   * record. If absent, it is lost.
   */
  readonly missing?: (head: RecordHead) => 'lost' | 'kept' | undefined;
  /** Tells whether an event names a state that the row must not leave and does not have, whatever its head says. */
  readonly isOutlived?: (row: Row) => boolean;
}

/**
 * Brings the restored records of one tenant up to date with their heads, in the caller's transaction: applies again what the
 * trail says, and seals every record that was behind under a new revision. Nothing else of the tenant may change meanwhile.
 * A dry run says what would be done.
 */
export const restoreRecords = (
  manager: EntityManager,
  context: Context,
  heads: readonly RecordHead[],
  kinds: Partial<Record<RecordKind, Restoring>>,
): Promise<readonly RestoredRecord[]> =>
  sealsOf(manager).history.without(() => restoreAll(manager, context, heads, kinds));

const restoreAll = async (
  manager: EntityManager,
  context: Context,
  heads: readonly RecordHead[],
  kinds: Partial<Record<RecordKind, Restoring>>,
): Promise<readonly RestoredRecord[]> => {
  const { tenantId, dryRun } = context;
  sealsOf(manager).history.revisions.learn(tenantId, heads);
  const position = heads.reduce((most, { revision }) => Math.max(most, revision), 0);
  if (position > 0 && dryRun !== true) await skipRevisions(manager, tenantId, position);
  const restored: RestoredRecord[] = [];
  for (const [kind, own] of Map.groupBy(heads, (head) => head.kind)) {
    const rows = await rowsOf(manager, tenantId, kind);
    for (const head of own) {
      const step = await plan(manager, context, head, rows.get(head.id), kinds[kind]);
      if (step === undefined) continue;
      if (dryRun !== true) await step.carryOut();
      restored.push(step.told);
    }
  }
  return restored;
};

/** The tenant's stored records of one kind, by id. Their seals are checked, their place in the history is not. */
const rowsOf = async (
  manager: EntityManager,
  tenantId: string,
  kind: RecordKind,
): Promise<ReadonlyMap<string, Row>> => {
  const table = manager.dataSource.entityMetadatas.find(({ tableName }) => tableName === kind);
  if (table === undefined) throw new TypeError(`${kind} is no table of ${recordOwners[kind]}`);
  const rows = await manager.findBy<Row>(table.target, { [ownerColumn(table)]: tenantId });
  return new Map(rows.map((row) => [trailNameOf(row, table).id, row]));
};

/** The step that brings a record up to date. */
interface Step {
  readonly told: RestoredRecord;
  readonly carryOut: () => Promise<unknown>;
}

/** @returns undefined for a record that is up to date */
const plan = async (
  manager: EntityManager,
  context: Context,
  head: RecordHead,
  row: Row | undefined,
  restoring: Restoring | undefined,
): Promise<Step | undefined> => {
  const { kind, id } = head;
  const told = (outcome: RestoredRecord['outcome'], state: string | null = null) => ({ kind, id, outcome, state });
  if (row === undefined) {
    if (head.digest === null) return undefined;
    const outcome = restoring?.missing === undefined ? 'lost' : restoring.missing(head);
    if (outcome === 'lost') return { told: told(outcome), carryOut: () => noteLost(manager, context.tenantId, [head]) };
    return outcome && { told: told(outcome), carryOut: async () => undefined };
  }
  const state = sealsOf(manager).stateOf(row, manager.dataSource.getMetadata(row.constructor));
  if (isCurrent(state, head) && restoring?.isOutlived?.(row) !== true) return undefined;
  const changes = head.digest === null ? 'remove' : ((await restoring?.changes(manager, row, head, context)) ?? {});
  if (changes === 'remove') return { told: told('removed'), carryOut: () => removeRecord(manager, row) };
  return { told: told(...outcomeOf(row, changes, head)), carryOut: () => changeRecord(manager, row, changes) };
};

/** The outcome for a row that stays, and the state that was applied again. A new count of its changes is no other content. */
const outcomeOf = (
  row: Row,
  changes: Partial<Row>,
  head: RecordHead,
): readonly [RestoredRecord['outcome'], string | null] => {
  const column = toldOf(row.constructor);
  if (column === undefined)
    return Object.keys(changes).some((name) => name !== 'revision') ? ['reapplied', head.state] : ['accepted', null];
  return column in changes ? ['reapplied', String(changes[column])] : ['accepted', null];
};

/** From now on the trail knows the records as deleted: they are not there, and no copy of them may come back. */
export const noteLost = async (
  manager: EntityManager,
  tenantId: string,
  heads: readonly Pick<RecordHead, 'kind' | 'id' | 'revision'>[],
): Promise<void> => {
  if (heads.length === 0) return;
  const seals = sealsOf(manager);
  const earlier = heads.reduce((most, { revision }) => Math.max(most, revision), 0);
  const first = await seals.takeRevisions(manager, tenantId, heads.length, earlier);
  for (const [index, { kind, id }] of heads.entries()) {
    noteChanges(manager, tenantId, [{ kind, id, revision: first + index, digest: null }]);
    seals.history.removed({ tenantId, kind, id }, first + index);
  }
};

/** The event of a restore: how many records had which outcome. */
export const restoredEvent = (context: Context, restored: readonly RestoredRecord[]): AuditEvent =>
  auditEvent(context, {
    operation: 'record.restore',
    details: Object.fromEntries(
      [...Map.groupBy(restored, ({ outcome }) => outcome)].map(([outcome, some]) => [outcome, String(some.length)]),
    ),
  });
