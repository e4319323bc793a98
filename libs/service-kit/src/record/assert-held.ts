import type { EntityManager, EntityMetadata, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { waitsForDeletion } from '../outbox/outbox.sql.js';
import { sealsOf } from './change-record.js';
import type { Missing } from './claim-questions.js';
import { numberedId, type OwnedName } from './record-claim.js';
import { isTracked, trailNameOf } from './tracked-record.js';

/**
 * Checks that a record which the database does not have is missing rightly: the audit trail does not know it, or knows that it
 * was deleted. The caller's transaction is the tenant's and reads what is committed meanwhile.
 * @param key all columns of the primary key
 * @returns undefined if that is known already
 * @throws (rejects with) AnkaError `record-outdated`; `decision-outdated` if the record was made meanwhile: read again;
 * `audit-unavailable`
 */
export const assertAbsent = <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  key: FindOptionsWhere<Row>,
): Promise<void> | undefined => {
  const { history, rejections } = sealsOf(manager);
  const metadata = trackedMetadata(manager, entity);
  const name = trailNameOf(key, metadata);
  history.assertNotBehind(name.tenantId);
  return history.checkAbsent(name, missingFrom(manager, metadata, name, key))?.then((isAbsent) => {
    if (!isAbsent) throw rejections.reject({ table: name.kind, ...name }, 'missing');
  });
};

/**
 * Takes note that a record does not exist, where the caller's transaction makes what it would belong to. `assertAbsent` then needs
 * no answer of the audit service.
 * @param key as for `assertAbsent`
 */
export const noteAbsent = <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  key: FindOptionsWhere<Row>,
): void => sealsOf(manager).history.wroteWithout(trailNameOf(key, trackedMetadata(manager, entity)));

/**
 * Checks that no numbered record, such as a version of a key, is missing after the newest that the database has. The number is
 * the last column of the primary key. The caller's transaction is as for `assertAbsent`.
 * @param of the other columns of the primary key
 * @param newest the number of the newest record; 0 if the database has none
 * @returns as `assertAbsent`
 * @throws as `assertAbsent`
 */
export const assertNewest = <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  of: FindOptionsWhere<Row>,
  newest: number,
): Promise<void> | undefined => {
  const { history, rejections } = sealsOf(manager);
  const metadata = trackedMetadata(manager, entity);
  const numbered = metadata.primaryColumns.at(-1) as ColumnMetadata;
  const key = { ...of, [numbered.propertyName]: newest };
  const name = trailNameOf(key, metadata);
  history.assertNotBehind(name.tenantId);
  const records = { kind: name.kind, of: numberedId(name.id).of };
  const missing = missingFrom(manager, metadata, name, (id) => ({
    ...of,
    [numbered.propertyName]: numberedId(id).number,
  }));
  return history.checkNewest(name.tenantId, records, newest, missing)?.then((isNewest) => {
    if (!isNewest) throw rejections.reject({ table: name.kind, ...name }, 'not-newest');
  });
};

/** @throws TypeError for a table whose changes the audit trail does not name */
const trackedMetadata = <Row extends ObjectLiteral>(
  { dataSource }: EntityManager,
  entity: EntityTarget<Row>,
): EntityMetadata => {
  const metadata = dataSource.getMetadata(entity);
  if (isTracked(metadata)) return metadata;
  throw new TypeError(`the audit trail does not name changes of ${metadata.tableName}`);
};

const missingFrom = (
  manager: EntityManager,
  { target }: EntityMetadata,
  { tenantId, kind }: OwnedName,
  keyOf: object | ((id: string) => object),
): Missing => ({
  hasNow: (id) =>
    manager.existsBy(target, (typeof keyOf === 'function' ? keyOf(id) : keyOf) as FindOptionsWhere<object>),
  isLeaving: (id) => waitsForDeletion(manager, tenantId, { kind, id }),
});
