import { type EntityMetadata, EntityPropertyNotFoundError, FindOperator, type FindOptionsWhere } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { wholeNumber } from './whole-number.js';

type Where = FindOptionsWhere<object> | readonly FindOptionsWhere<object>[];

/**
 * Tells whether a loaded row meets the condition that the database was asked with. Whoever owns the database decides what a query
 * returns, and can return another row, whose seal is genuine.
 * @throws TypeError for a condition that this cannot compare: an unknown operator, or a column that was not selected
 */
export const isAsked = (metadata: EntityMetadata, row: object, where: Where): boolean => {
  const alternatives = (Array.isArray(where) ? where : [where]) as readonly object[];
  return alternatives.length === 0 || alternatives.some((one) => meets(metadata, row, one, ''));
};

const meets = (metadata: EntityMetadata, row: object, where: object, path: string): boolean =>
  Object.entries(where).every(([name, asked]) => meetsOne(metadata, row, `${path}${name}`, asked));

const meetsOne = (metadata: EntityMetadata, row: object, path: string, asked: unknown): boolean => {
  // Either it was refused before, or the data source is told to ignore it: then it is no condition.
  if (asked === undefined) return true;
  const column = metadata.findColumnWithPropertyPathStrict(path);
  if (column !== undefined) return agrees(column, loadedValue(column, row), asked);
  if (metadata.findEmbeddedWithPropertyPath(path) !== undefined)
    return meets(metadata, row, asked as object, `${path}.`);
  const relation = metadata.findRelationWithPropertyPath(path);
  if (relation === undefined) throw new EntityPropertyNotFoundError(path, metadata);
  const related: unknown = relation.getEntityValue(row);
  if (related === undefined || Array.isArray(related) || asked instanceof FindOperator)
    throw new TypeError(`${metadata.tableName}.${path} cannot be compared with the condition: load the one record`);
  return related !== null && isAsked(relation.inverseEntityMetadata, related, asked as Where);
};

const loadedValue = (column: ColumnMetadata, row: object): unknown => {
  const name = `${column.entityMetadata.tableName}.${column.propertyPath}`;
  // What the operators hold may be the stored form: TypeORM transforms it in place.
  if (column.transformer !== undefined && column.transformer !== wholeNumber)
    throw new TypeError(`${name} has a transformer: compare what was found yourself`);
  const value: unknown = column.getEntityValue(row);
  if (value === undefined) throw new TypeError(`${name} is a condition and was not selected`);
  return value;
};

type Scalar = string | number | bigint | boolean;
type Agreement = (column: ColumnMetadata, value: unknown, operand: FindOperator<unknown>) => boolean;

const oneOf: Agreement = (column, value, { value: list }) =>
  (list as readonly unknown[]).some((one) => agrees(column, value, one));

/** The operators that a condition may have. */
const operators: Readonly<Record<string, Agreement>> = {
  equal: (column, value, { value: asked }) => agrees(column, value, asked),
  in: oneOf,
  any: oneOf,
  isNull: (_, value) => value === null,
  // In SQL, NULL is neither equal nor unequal to a value.
  not: (column, value, { child, value: asked }) =>
    (value !== null || child?.type === 'isNull') && !agrees(column, value, child ?? asked),
  lessThan: (column, value, { value: asked }) => isOrdered(column, value, asked, (order) => order < 0),
  lessThanOrEqual: (column, value, { value: asked }) => isOrdered(column, value, asked, (order) => order <= 0),
  moreThan: (column, value, { value: asked }) =>
    // A loaded time has lost its microseconds, so it may seem equal.
    isOrdered(column, value, asked, (order) => order > 0 || (order === 0 && asked instanceof Date)),
  moreThanOrEqual: (column, value, { value: asked }) => isOrdered(column, value, asked, (order) => order >= 0),
};

const agrees = (column: ColumnMetadata, value: unknown, asked: unknown): boolean => {
  if (!(asked instanceof FindOperator)) return isEqual(column, value, asked);
  const agreement = operators[asked.type];
  if (agreement === undefined) throw new TypeError(`the operator ${asked.type} cannot be compared with what was found`);
  return agreement(column, value, asked as FindOperator<unknown>);
};

const isEqual = (column: ColumnMetadata, value: unknown, asked: unknown): boolean => {
  if (asked === null || value === null) return asked === value;
  if (asked instanceof Uint8Array) return value instanceof Uint8Array && Buffer.compare(value, asked) === 0;
  if (asked instanceof Date) return value instanceof Date && value.getTime() === asked.getTime();
  return isScalar(asked) && isScalar(value)
    ? normal(column, value) === normal(column, asked)
    : notComparable(column, asked);
};

const isOrdered = (
  column: ColumnMetadata,
  value: unknown,
  asked: unknown,
  holds: (order: number) => boolean,
): boolean => {
  if (value === null) return false;
  // PostgreSQL orders text by the collation of the column, which JavaScript does not know.
  if (typeof asked === 'string' && column.type !== 'uuid') return true;
  if (asked instanceof Date) return value instanceof Date && holds(value.getTime() - asked.getTime());
  if (!isScalar(asked) || !isScalar(value)) return notComparable(column, asked);
  const [left, right] = [normal(column, value), normal(column, asked)];
  if (typeof left !== typeof right) return notComparable(column, asked);
  if (Number.isNaN(left) || Number.isNaN(right)) return false;
  return holds(left < right ? -1 : Number(left > right));
};

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'bigint', 'boolean'].includes(typeof value);

/** The form of a value that PostgreSQL would store: the text of a UUID in lower case, a bigint as a number or text. */
const normal = ({ type }: ColumnMetadata, value: Scalar): Scalar => {
  if (type === 'uuid') return String(value).toLowerCase();
  return typeof value === 'bigint' ? Number(value) : value;
};

const notComparable = ({ entityMetadata, propertyPath }: ColumnMetadata, asked: unknown): never => {
  throw new TypeError(`${entityMetadata.tableName}.${propertyPath} cannot be compared with a ${typeof asked}`);
};
