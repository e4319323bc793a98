import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';
import { IsNull } from 'typeorm';
import { RecordSeals } from './record-seals.js';
import type { Sealed } from './sealed-record.js';

/** The seals of the manager's data source. @throws TypeError if it has none */
export const sealsOf = (manager: EntityManager): RecordSeals => {
  const seals = manager.dataSource.subscribers.find((subscriber) => subscriber instanceof RecordSeals);
  if (seals === undefined) throw new TypeError('the data source has no record seals');
  return seals;
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
  const seal = await sealsOf(manager).sealOf(next, metadata);
  const key = Object.fromEntries(
    metadata.primaryColumns.map((column) => [column.propertyName, column.getEntityValue(row)]),
  );
  const where = { ...key, seal: row.seal ?? IsNull() } as FindOptionsWhere<Row>;
  const { affected } = await manager.update(entity, where, { ...changes, seal } as QueryDeepPartialEntity<Row>);
  if (affected !== 1) throw new Error(`a record of ${metadata.tableName} changed while it was locked`);
  Object.assign(row, changes, { seal });
};
