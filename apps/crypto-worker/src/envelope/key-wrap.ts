import { createCipheriv, createDecipheriv } from 'node:crypto';

/** RFC 3394 §2.2.3.1. */
const initialValue = Buffer.alloc(8, 0xa6);
/** OpenSSL takes shorter input for an empty secret; the shortest wrapped key has two semiblocks and the check. */
const minWrappedBytes = 24;

/** AES-256 key wrap (RFC 3394 §2.2.1) of a multiple of 8 bytes. */
export const wrapKey = (kek: Uint8Array, secret: Uint8Array): Buffer =>
  createCipheriv('aes256-wrap', kek, initialValue).update(secret);

/** @returns null when `wrapped` is not a key wrapped under `kek` */
export const unwrapKey = (kek: Uint8Array, wrapped: Uint8Array): Buffer | null => {
  if (wrapped.length < minWrappedBytes || wrapped.length % 8 !== 0) return null;
  try {
    return createDecipheriv('aes256-wrap', kek, initialValue).update(wrapped);
  } catch {
    return null;
  }
};
