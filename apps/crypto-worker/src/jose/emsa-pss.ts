import { hash as digestOf, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Hash, hashBytes } from '@ankasecure/algorithm';

/** MGF1 (RFC 8017 §B.2.1). */
const mgf1 = (hash: Hash, seed: Uint8Array, length: number): Buffer => {
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * hashBytes[hash] < length; counter += 1) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    blocks.push(digestOf(hash, Buffer.concat([seed, suffix]), 'buffer'));
  }
  return Buffer.concat(blocks).subarray(0, length);
};

/** The zeros before the digest and the salt. */
const padding1 = Buffer.alloc(8);

/**
 * EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with MGF1 over the same hash and a salt as long as the hash. Step numbers are the RFC's.
 * @param bits emBits: one less than the bits of the modulus
 */
export const emsaPssEncode = (hash: Hash, digest: Uint8Array, bits: number): Buffer => {
  const size = hashBytes[hash];
  const length = Math.ceil(bits / 8);
  const salt = randomBytes(size); // 4
  const salted = digestOf(hash, Buffer.concat([padding1, digest, salt]), 'buffer'); // 5, 6
  const db = Buffer.concat([Buffer.alloc(length - 2 * size - 2), Buffer.of(1), salt]); // 7, 8
  const mask = mgf1(hash, salted, db.length); // 9
  const maskedDb = db.map((byte, index) => byte ^ (mask[index] as number)); // 10
  maskedDb[0] = (maskedDb[0] as number) & (0xff >> (8 * length - bits)); // 11
  return Buffer.concat([maskedDb, salted, Buffer.of(0xbc)]); // 12
};

/**
 * EMSA-PSS-VERIFY (RFC 8017 §9.1.2) with MGF1 over the same hash and a salt as long as the hash. Step numbers are the RFC's.
 * All inputs are public.
 * @param encoded EM
 * @param bits emBits: one less than the bits of the modulus
 */
export const emsaPssVerify = (hash: Hash, digest: Uint8Array, encoded: Uint8Array, bits: number): boolean => {
  const size = hashBytes[hash];
  const length = Math.ceil(bits / 8);
  if (encoded.length !== length || length < size + size + 2 || encoded[length - 1] !== 0xbc) return false; // 3, 4
  const maskedDb = encoded.subarray(0, length - size - 1); // 5
  const expected = encoded.subarray(length - size - 1, length - 1);
  const topMask = 0xff >> (8 * length - bits);
  if ((maskedDb[0] as number) > topMask) return false; // 6
  const mask = mgf1(hash, expected, maskedDb.length); // 7
  const db = maskedDb.map((byte, index) => byte ^ (mask[index] as number)); // 8
  db[0] = (db[0] as number) & topMask; // 9
  const separator = db.length - size - 1;
  if (db[separator] !== 1 || db.subarray(0, separator).some((byte) => byte !== 0)) return false; // 10
  const salted = Buffer.concat([padding1, digest, db.subarray(separator + 1)]); // 11, 12
  return timingSafeEqual(digestOf(hash, salted, 'buffer'), expected); // 13, 14
};
