import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { GcmSealed } from '../custody/custody.js';

export const cekBytes = 32;
export const ivBytes = 12;
export const tagBytes = 16;

const options = { authTagLength: tagBytes };

/** A256GCM (RFC 7518 §5.3). `iv` is fresh for every call under one `cek`. */
export const sealContent = (cek: Uint8Array, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): GcmSealed => {
  const cipher = createCipheriv('aes-256-gcm', cek, iv, options).setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { iv, ciphertext, tag: cipher.getAuthTag() };
};

/** @returns null if the tag does not match; no plaintext is left in memory then */
export const openContent = (
  cek: Uint8Array,
  { iv, ciphertext, tag }: GcmSealed,
  aad: Uint8Array,
): Uint8Array | null => {
  const decipher = createDecipheriv('aes-256-gcm', cek, iv, options).setAAD(aad).setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return null;
  }
};
