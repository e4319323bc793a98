import { hash } from 'node:crypto';

/** A value of a column: as the database stores it, or as its JSON. Null means absent and differs from empty. */
export type ColumnValue =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | null
  | readonly unknown[]
  | { readonly [member: string]: unknown };

/** The columns of a record that its seal binds, in any order. */
export type RecordColumns = readonly (readonly [name: string, value: ColumnValue])[];

/** The place of a record: its table, and its tenant unless the record is the platform's own. */
export interface RecordPlace {
  readonly table: string;
  readonly tenantId: string | null;
}

/** The first bytes of every form and of every MAC input, followed by the version of the format. */
const magic = Buffer.from('ankasecure.record', 'ascii');
const formatVersion = 1;

/** The first byte of a value: its type. Values of two types never share bytes. */
const tag = { absent: 0, text: 1, integer: 2, boolean: 3, instant: 4, bytes: 5, list: 6, json: 7 } as const;

const prefixed = (first: number, content: Uint8Array): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt8(first);
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
};

const textBytes = (value: string): Buffer => {
  if (!value.isWellFormed()) throw new TypeError('a sealed text must be well-formed Unicode');
  return prefixed(tag.text, Buffer.from(value));
};

const integerBytes = (first: number, value: number): Buffer => {
  if (!Number.isSafeInteger(value)) throw new TypeError('a sealed number must be a safe integer');
  const content = Buffer.alloc(8);
  content.writeBigInt64BE(BigInt(value));
  return prefixed(first, content);
};

/**
 * JSON with the members of every object in one order, since `jsonb` keeps none. JavaScript would move names that are numbers
 * to the front; the space before each name prevents that.
 */
const orderedJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(orderedJson);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [` ${name}`, orderedJson(member)]));
};

const isTextList = (value: ColumnValue): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const valueBytes = (value: ColumnValue): Buffer => {
  if (value === null) return Buffer.of(tag.absent);
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'number') return integerBytes(tag.integer, value);
  if (typeof value === 'boolean') return prefixed(tag.boolean, Buffer.of(value ? 1 : 0));
  if (value instanceof Date) return integerBytes(tag.instant, value.getTime());
  if (value instanceof Uint8Array) return prefixed(tag.bytes, value);
  if (isTextList(value)) return prefixed(tag.list, Buffer.concat(value.map(textBytes)));
  return prefixed(tag.json, Buffer.from(JSON.stringify(orderedJson(value))));
};

/**
 * The canonical form of a record: magic `ankasecure.record` ‖ version 01 ‖ service ‖ table ‖ tenant ‖ for each bound column that
 * is not null its name and its value, in the order of the names. Everything after the version is `tag ‖ u32be length ‖
 * content`; the tenant may be the single byte 00 for null. Integers and instants (milliseconds since the epoch) are int64, 8
 * bytes big-endian; a list of texts is its texts one after the other; any other list is JSON; JSON has its members in order. Distinct records never share
 * bytes. A column that is added later and is null in older records leaves their forms as they were.
 * @throws TypeError for a value without a canonical form: ill-formed text, or a number that is not a safe integer
 */
export const recordForm = (service: string, { table, tenantId }: RecordPlace, columns: RecordColumns): Buffer =>
  Buffer.concat([
    magic,
    Buffer.of(formatVersion),
    ...[service, table, tenantId].map(valueBytes),
    ...columns
      .filter(([, value]) => value !== null)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, value]) => [textBytes(name), valueBytes(value)]),
  ]);

/** SHA-256 of the canonical form: the digest that the seal and the audit trail name. 32 bytes. */
export const recordDigest = (...form: Parameters<typeof recordForm>): Buffer =>
  hash('sha256', recordForm(...form), 'buffer');

/**
 * The input of the record key. It names the service again, because the worker knows which service asks and does not see the
 * form behind the digest.
 */
export const recordMacInput = (service: string, { table, tenantId }: RecordPlace, digest: Uint8Array): Buffer =>
  Buffer.concat([magic, Buffer.of(formatVersion), ...[service, table, tenantId, digest].map(valueBytes)]);
