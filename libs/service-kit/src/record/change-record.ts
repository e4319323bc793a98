import type { EntityManager, EntityMetadata, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { IsNull } from 'typeorm';
import { noteChanges } from '../database/noted-changes.js';
import { recordOf } from './record-of.js';
import { RecordSeals } from './record-seals.js';
import type { Sealed } from './sealed-record.js';
import { changeOf, isTracked, loadedRecord, trailNameOf } from './tracked-record.js';

/** The seals of the manager's data source. @throws TypeError if it has none */
export const sealsOf = (manager: EntityManager): RecordSeals => {
  const seals = manager.dataSource.subscribers.find((subscriber) => subscriber instanceof RecordSeals);
  if (seals === undefined) throw new TypeError('the data source has no record seals');
  return seals;
};

/** The condition that the stored record is the one that was loaded. */
const storedAs = <Row extends ObjectLiteral & Sealed>(row: Row, { primaryColumns }: EntityMetadata) => {
  const key = Object.fromEntries(primaryColumns.map((column) => [column.propertyName, column.getEntityValue(row)]));
  return { ...key, seal: row.seal ?? IsNull() } as FindOptionsWhere<Row>;
};

/**
 * Changes a record that was loaded, and so checked, in this transaction: writes the new values with their seal, and updates
 * `row`. Values are set, never computed by the database: the seal binds what the platform decided, not what a trigger made
 * of it. The old seal is part of the condition, so a record that was changed meanwhile stays as it is.
 * @throws Error if the stored record is no longer the one that was loaded
 */
export const changeRecord = async <Row extends ObjectLiteral & Sealed>(
  manager: EntityManager,
  row: Row,
  changes: Partial<Row>,
): Promise<void> => {
  const entity = row.constructor as EntityTarget<Row>;
  const metadata = manager.dataSource.getMetadata(entity);
  const next = Object.assign(Object.create(Object.getPrototypeOf(row) as object) as Row, row, changes);
  const sealed = await sealsOf(manager).sealNext(manager, next, metadata);
  const where = storedAs(row, metadata);
  const written = await manager
    .createQueryBuilder()
    .update(entity)
    .set({ ...changes, ...sealed })
    .where(where)
    .returning('seal')
    .execute();
  if (written.affected !== 1) throw new Error(`a record of ${metadata.tableName} changed while it was locked`);
  const [stored] = written.raw as readonly { readonly seal: Buffer }[];
  if (sealed.seal === null || stored?.seal.equals(sealed.seal) !== true)
    throw new Error(`the database did not store the change of a record of ${metadata.tableName}: look for a trigger`);
  Object.assign(row, changes, sealed);
};

/**
 * Deletes a record that was loaded, and so checked, in this transaction. The audit trail learns that it is gone: the row of a
 * backup never counts again.
 * @throws Error if the stored record is no longer the one that was loaded
 */
export const removeRecord = async <Row extends ObjectLiteral & Sealed>(
  manager: EntityManager,
  row: Row,
): Promise<void> => {
  const entity = row.constructor as EntityTarget<Row>;
  const metadata = manager.dataSource.getMetadata(entity);
  if (isTracked(metadata)) {
    const { tenantId, kind, id } = trailNameOf(row, metadata);
    const seals = sealsOf(manager);
    const { history } = seals;
    history.assertNotBehind(tenantId);
    const revision = await seals.takeRevisions(manager, tenantId, 1, row.recordRevision ?? 0);
    noteChanges(manager, tenantId, [{ kind, id, revision, digest: null }]);
    history.removed({ tenantId, kind, id }, revision);
  }
  const { affected } = await manager.delete(entity, storedAs(row, metadata));
  if (affected !== 1) throw new Error(`a record of ${metadata.tableName} changed while it was locked`);
};

/** Has the transaction's next event name a record as it is: an earlier transaction has changed it, and left its event to this one. */
export const nameRecord = <Row extends ObjectLiteral & Sealed>(manager: EntityManager, row: Row): void => {
  const metadata = manager.dataSource.getMetadata(row.constructor);
  if (!isTracked(metadata)) return;
  const { owner } = sealsOf(manager);
  const loaded = loadedRecord(row, metadata, recordOf(owner.service, row, metadata).digest);
  noteChanges(manager, loaded.tenantId, [changeOf(loaded)]);
};
