import { tags } from './tags.js';

/** A definite length, as short as possible (X.690 §10.1). */
const lengthOf = (size: number): readonly number[] => {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 0x100)) bytes.unshift(rest % 0x100);
  return [0x80 + bytes.length, ...bytes];
};

/** One element in DER. */
export const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([Buffer.of(tag, ...lengthOf(size)), ...parts]);
};

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(tags.sequence, ...parts);

/** A SET OF, whose elements are in the order of their encodings (X.690 §11.6). */
export const setOf = (...parts: readonly Uint8Array[]): Buffer =>
  der(tags.set, ...parts.toSorted((one, other) => Buffer.compare(one, other)));

/** A BIT STRING of whole bytes. */
export const bitString = (body: Uint8Array): Buffer => der(tags.bitString, Buffer.of(0), body);

/** A non-negative INTEGER from big-endian bytes: the shortest two's complement (X.690 §8.3). */
export const integer = (bytes: Uint8Array): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.of(0) : bytes.subarray(first);
  return der(tags.integer, Buffer.alloc((digits[0] ?? 0) >= 0x80 ? 1 : 0), digits);
};

const base128 = (arc: number): readonly number[] => {
  const bytes = [arc % 0x80];
  for (let rest = Math.floor(arc / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) bytes.unshift(0x80 + (rest % 0x80));
  return bytes;
};

/** An OBJECT IDENTIFIER from its dotted form, such as `1.3.101.112`. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(tags.oid, Buffer.from([40 * first + second, ...rest].flatMap(base128)));
};
