import { tags } from './tags.js';

/** Bytes that are not DER. */
export class NotDer extends Error {}

/** One DER element. `body` is a view into the bytes it was read from. */
export interface Element {
  readonly tag: number;
  readonly body: Buffer;
}

/** @returns the length and where the body begins. Lengths are definite and as short as possible (X.690 §10.1). */
const lengthAt = (bytes: Buffer, at: number): { readonly length: number; readonly from: number } => {
  const first = bytes[at];
  if (first === undefined || first === 0x80 || first > 0x83) throw new NotDer();
  if (first < 0x80) return { length: first, from: at + 1 };
  const count = first & 0x7f;
  const from = at + 1 + count;
  if (from > bytes.length) throw new NotDer();
  const length = bytes.readUIntBE(at + 1, count);
  if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new NotDer();
  return { length, from };
};

const elementAt = (bytes: Buffer, at: number): { readonly element: Element; readonly end: number } => {
  const tag = bytes[at];
  if (tag === undefined || (tag & 0x1f) === 0x1f) throw new NotDer();
  const { length, from } = lengthAt(bytes, at + 1);
  if (from + length > bytes.length) throw new NotDer();
  return { element: { tag, body: bytes.subarray(from, from + length) }, end: from + length };
};

/** The element at the beginning, and what follows it. @throws NotDer */
export const firstElement = (bytes: Buffer): { readonly element: Element; readonly rest: Buffer } => {
  const { element, end } = elementAt(bytes, 0);
  return { element, rest: bytes.subarray(end) };
};

/** The elements that fill `bytes`. @throws NotDer */
export const elementsOf = (bytes: Buffer): readonly Element[] => {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { element, end } = elementAt(bytes, at);
    found.push(element);
    at = end;
  }
  return found;
};

/** A non-negative INTEGER. The number cannot be wiped. @throws NotDer */
export const unsigned = ({ tag, body }: Element): bigint => {
  const [first = 0x80, second = 0x80] = body;
  if (tag !== tags.integer || body.length === 0 || first >= 0x80) throw new NotDer();
  if (first === 0 && body.length > 1 && second < 0x80) throw new NotDer();
  return BigInt(`0x${body.toString('hex')}`);
};

/** The elements that fill `bytes`, each with its tag and length. @throws NotDer */
export const encodingsOf = (bytes: Buffer): readonly Buffer[] => {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { end } = elementAt(bytes, at);
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
};
