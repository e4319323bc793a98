import { createHash, timingSafeEqual } from 'node:crypto';

const hashLength = 32;
const emptyLabelHash = createHash('sha256').digest();

/** MGF1 with SHA-256 (RFC 8017 §B.2.1), exclusive-ored into `target`. */
const maskWith = (seed: Uint8Array, target: Uint8Array): void => {
  const counter = Buffer.alloc(4);
  for (let offset = 0; offset < target.length; offset += hashLength) {
    counter.writeUInt32BE(offset / hashLength);
    const mask = createHash('sha256').update(seed).update(counter).digest();
    const part = target.subarray(offset, offset + hashLength);
    for (let i = 0; i < part.length; i++) part[i] = at(part, i) ^ at(mask, i);
    mask.fill(0);
  }
};

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

/** 1 when `value` is 0, else 0, for 0 ≤ value < 2³¹. */
const isZero = (value: number): number => ((value - 1) >>> 31) & 1;

/**
 * Removes RSAES-OAEP padding (SHA-256, MGF1-SHA-256, RFC 8017 §7.1.2 step 3), for tokens that do only the RSA operation.
 * Neither the result nor, as far as JavaScript permits, the time taken shows which check failed (Manger 2001).
 * @param block the RSA operation's result; shorter than the modulus if the token dropped leading zeros. It is overwritten.
 * @param label the OAEP label, empty in JOSE
 * @returns the message, or null
 */
export const unpadOaep = (
  block: Uint8Array,
  modulusBytes: number,
  label: Uint8Array = new Uint8Array(0),
): Uint8Array | null => {
  if (modulusBytes < 2 * hashLength + 2 || block.length > modulusBytes) return null;
  const encoded = new Uint8Array(modulusBytes);
  encoded.set(block, modulusBytes - block.length);
  block.fill(0);
  const seed = encoded.subarray(1, 1 + hashLength);
  const data = encoded.subarray(1 + hashLength);
  maskWith(data, seed);
  maskWith(seed, data);
  const expected = label.length === 0 ? emptyLabelHash : createHash('sha256').update(label).digest();
  let good = isZero(at(encoded, 0)) & Number(timingSafeEqual(data.subarray(0, hashLength), expected));
  let searching = 1;
  let start = 0;
  for (let i = hashLength; i < data.length; i++) {
    const byte = at(data, i);
    const one = searching & isZero(byte ^ 1);
    start |= -one & (i + 1);
    good &= 1 - (searching & (1 - isZero(byte)) & (1 - one));
    searching &= 1 - one;
  }
  good &= 1 - searching;
  const message = good === 1 ? data.slice(start) : null;
  encoded.fill(0);
  return message;
};
