/** The value of a field: text in UTF-8, an integer, bytes, or null. */
export type Field = string | number | Uint8Array | null;

const absent = 0;
const present = 1;
/** The presence byte and the u32be length. */
const prefixBytes = 5;
const integerBytes = 8;

const half = 2 ** 32;

const lengthOf = (value: string | number | Uint8Array): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return typeof value === 'number' ? integerBytes : value.length;
};

/** Writes an integer as int64, big-endian. @throws RangeError for a number that is none */
export const putInteger = (target: Buffer, value: number, offset: number): void => {
  if (!Number.isSafeInteger(value)) {
    target.writeBigInt64BE(BigInt(value), offset);
    return;
  }
  const high = Math.floor(value / half);
  target.writeInt32BE(high, offset);
  target.writeUInt32BE(value - high * half, offset + 4);
};

/** @returns the number of bytes */
const put = (target: Buffer, offset: number, value: string | number | Uint8Array): number => {
  if (typeof value === 'string') return target.write(value, offset);
  if (typeof value === 'number') putInteger(target, value, offset);
  else target.set(value, offset);
  return typeof value === 'number' ? integerBytes : value.length;
};

/**
 * `header ‖ fields ‖ tail`. A field is `01 ‖ u32be length ‖ content`, or the single byte 00 for null (no length follows), so
 * that null is not the empty string. A number's content is its int64, 8 bytes big-endian.
 */
export const fieldBytes = (header: Uint8Array, fields: readonly Field[], tail?: Uint8Array): Buffer => {
  let size = header.length + (tail?.length ?? 0);
  for (const value of fields) size += value === null ? 1 : prefixBytes + lengthOf(value);
  const bytes = Buffer.allocUnsafe(size);
  bytes.set(header);
  let offset = header.length;
  for (const value of fields) {
    if (value === null) {
      offset = bytes.writeUInt8(absent, offset);
      continue;
    }
    bytes.writeUInt8(present, offset);
    const length = put(bytes, offset + prefixBytes, value);
    bytes.writeUInt32BE(length, offset + 1);
    offset += prefixBytes + length;
  }
  if (tail !== undefined) bytes.set(tail, offset);
  return bytes;
};
