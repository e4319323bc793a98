/** The types of elements, by their numbers in every PostgreSQL (`pg_type.oid`). */
const oids = { bytea: 17, bigint: 20, text: 25, uuid: 2950 } as const;
export type ElementType = keyof typeof oids;

export type Element = string | number | Uint8Array | null;

const headBytes = 20;
const lengthBytes = 4;
const sizeOfNull = -1;
const uuidBytes = 16;
const half = 2 ** 32;

const sizeOf = (type: ElementType, value: string | number | Uint8Array): number => {
  if (type === 'bigint') return 8;
  if (type === 'uuid') return uuidBytes;
  return typeof value === 'string' ? Buffer.byteLength(value) : (value as Uint8Array).length;
};

const put = (bytes: Buffer, type: ElementType, value: string | number | Uint8Array, offset: number): void => {
  if (type === 'uuid') {
    const written = bytes.write(String(value).replaceAll('-', ''), offset, 'hex');
    if (written !== uuidBytes) throw new RangeError('an element is no UUID');
  } else if (typeof value === 'string') bytes.write(value, offset);
  else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError('an element is no integer');
    const high = Math.floor(value / half);
    bytes.writeInt32BE(high, offset);
    bytes.writeUInt32BE(value - high * half, offset + 4);
  } else bytes.set(value, offset);
};

/**
 * A one-dimensional array as the server receives it in binary form (`array_recv`): the number of dimensions, whether there are nulls,
 * the element's type, the length and the lower bound; then each element behind its length, which is −1 for null. The driver would
 * write it as text instead, with every byte of a `bytea` as two digits, for the server to read back. A parameter that is a buffer
 * travels as it is; its placeholder needs a cast to the type of the array.
 * @param values integers for `bigint`, UUIDs as text for `uuid`
 * @throws RangeError for a value that is none
 */
export const arrayBytes = (type: ElementType, values: readonly Element[]): Buffer => {
  let size = headBytes;
  for (const value of values) size += lengthBytes + (value === null ? 0 : sizeOf(type, value));
  const bytes = Buffer.alloc(size);
  const heads =
    values.length === 0 ? [0, 0, oids[type]] : [1, values.includes(null) ? 1 : 0, oids[type], values.length, 1];
  let offset = 0;
  for (const head of heads) offset = bytes.writeInt32BE(head, offset);
  for (const value of values) {
    const length = value === null ? sizeOfNull : sizeOf(type, value);
    offset = bytes.writeInt32BE(length, offset);
    if (value === null) continue;
    put(bytes, type, value, offset);
    offset += length;
  }
  return bytes.subarray(0, offset);
};
