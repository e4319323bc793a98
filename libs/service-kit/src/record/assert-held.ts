import { isDeepStrictEqual } from 'node:util';
import { isNewId } from '@ankasecure/contracts';
import type { EntityManager, EntityMetadata, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { clockOf } from '../clock/clock-of.js';
import { waitsForDeletion } from '../outbox/outbox.sql.js';
import { sealsOf } from './change-record.js';
import type { Missing } from './claim-questions.js';
import { claimOfRemoval, numberedId, type OwnedName } from './record-claim.js';
import type { RecordHistory } from './record-history.js';
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
): Promise<void> | undefined =>
  assertMissing(manager, entity, key, (history, name, missing) => history.checkAbsent(name, missing));

/**
 * Checks that a record which the database does not have was deleted on record: a number that is missing between others has had a
 * record.
 * @param key as for `assertAbsent`
 * @returns and @throws as `assertAbsent`
 */
export const assertRemoved = <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  key: FindOptionsWhere<Row>,
): Promise<void> | undefined =>
  // A later record exists, so this one is not just being made. If the database shows it now, it has hidden it before.
  assertMissing(manager, entity, key, (history, name, missing) =>
    history.checkAbsent(name, { ...missing, hasNow: async () => false }, claimOfRemoval(name)),
  );

const assertMissing = <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  key: FindOptionsWhere<Row>,
  check: (history: RecordHistory, name: OwnedName, missing: Missing) => Promise<boolean> | undefined,
): Promise<void> | undefined => {
  const { history, rejections } = sealsOf(manager);
  const metadata = trackedMetadata(manager, entity);
  const name = trailNameOf(key, metadata);
  history.assertNotBehind(name.tenantId);
  return check(history, name, missingFrom(manager, metadata, name, key))?.then((isMissing) => {
    if (!isMissing) throw rejections.reject({ table: name.kind, ...name }, 'missing');
  });
};

/**
 * Finds the number of the next of numbered records: the first after `newest` that the audit trail has never named. A restored
 * database lacks records that were made since its backup. What they made, such as signatures, still names their numbers.
 * @param of and `newest` as for `assertNewest`
 * @throws (rejects with) AnkaError `record-outdated`; `audit-unavailable` if it cannot be known now
 */
export const nextNumber = async <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  of: FindOptionsWhere<Row>,
  newest: number,
): Promise<number> => {
  const { history } = sealsOf(manager);
  const metadata = trackedMetadata(manager, entity);
  const numbered = metadata.primaryColumns.at(-1) as ColumnMetadata;
  const next = newest + 1;
  const name = trailNameOf({ ...of, [numbered.propertyName]: next }, metadata);
  const { tenantId, kind, id } = name;
  history.assertNotBehind(tenantId);
  if (await history.isUnknown(name, false)) return next;
  const ids = await history.idsOnRecord(tenantId, kind, id.slice(0, -String(next).length), true);
  return Math.max(next, ...ids.map((own) => numberedId(own).number)) + 1;
};

/**
 * Checks that there was never a record under an id that is to be used for a new one: the audit trail names none, not even one that
 * was deleted. What had rights on an earlier record, or was named by it, must not find a new one there. Call it before anything is
 * sealed, where the database has no record of the id.
 * @param key all columns of the primary key
 * @throws (rejects with) AnkaError `record-outdated`; `audit-unavailable` if it cannot be known now, unless the id was made a
 * moment ago
 */
export const assertUnknown = async <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  key: FindOptionsWhere<Row>,
): Promise<void> => {
  const { history, rejections } = sealsOf(manager);
  const name = trailNameOf(key, trackedMetadata(manager, entity));
  history.assertNotBehind(name.tenantId);
  if (await history.isUnknown(name, isNewId(name.id, clockOf(manager.dataSource).now()))) return;
  throw rejections.reject({ table: name.kind, ...name }, 'reused');
};

/**
 * Checks that a record which exists under the id of a request was made by that request: it is a repetition then.
 * @param wanted what the request asks for, and who asks
 * @throws AnkaError `record-outdated`
 */
export const assertRepeated = <Row extends ObjectLiteral>(
  manager: EntityManager,
  row: Row,
  wanted: Readonly<Partial<Record<keyof Row & string, unknown>>>,
): void => {
  const isSame = Object.entries(wanted).every(([name, value]) =>
    isDeepStrictEqual(storedOf(row[name]), storedOf(value)),
  );
  if (!isSame) throw sealsOf(manager).reject(manager, row, 'reused');
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

/** A value as a database stores it: without classes, and null for what is absent. */
const storedOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

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
