/** The value of a field: text in UTF-8, an integer, bytes, or null. */
export type Field = string | number | Uint8Array | null;

const absent = 0;
const present = 1;
/** The presence byte and the u32be length. */
const prefixBytes = 5;
const integerBytes = 8;

const lengthOf = (value: string | number | Uint8Array): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return typeof value === 'number' ? integerBytes : value.length;
};

const put = (target: Buffer, offset: number, value: string | number | Uint8Array): void => {
  if (typeof value === 'string') target.write(value, offset);
  else if (typeof value === 'number') target.writeBigInt64BE(BigInt(value), offset);
  else target.set(value, offset);
};

/**
 * `header ‖ fields ‖ tail`. A field is `01 ‖ u32be length ‖ content`, or the single byte 00 for null (no length follows), so
 * that null is not the empty string. A number's content is its int64, 8 bytes big-endian.
 */
export const fieldBytes = (header: Uint8Array, fields: readonly Field[], tail?: Uint8Array): Buffer => {
  const sizes = fields.map((value) => (value === null ? 1 : prefixBytes + lengthOf(value)));
  const size = sizes.reduce((sum, each) => sum + each, header.length);
  const bytes = Buffer.allocUnsafe(size + (tail?.length ?? 0));
  bytes.set(header);
  let offset = header.length;
  for (const [index, value] of fields.entries()) {
    const length = sizes[index] ?? 0;
    if (value === null) bytes.writeUInt8(absent, offset);
    else {
      bytes.writeUInt8(present, offset);
      bytes.writeUInt32BE(length - prefixBytes, offset + 1);
      put(bytes, offset + prefixBytes, value);
    }
    offset += length;
  }
  if (tail !== undefined) bytes.set(tail, offset);
  return bytes;
};
