import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { type ContentAlg, contentEncryptionOf } from '@ankasecure/algorithm';
import type { GcmSealed } from '../custody/custody.js';

/** The parts of a JWE that the content encryption makes: IV, ciphertext and tag, as with GCM. */
export type SealedContent = GcmSealed;

/** `iv` is fresh for every call under one `cek`. */
type Seal = (cek: Uint8Array, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) => SealedContent;
/** @returns null if the tag does not match; no plaintext is left in memory then */
type Open = (cek: Uint8Array, sealed: SealedContent, aad: Uint8Array) => Uint8Array | null;

interface Content {
  readonly seal: Seal;
  readonly open: Open;
}

/** RFC 7518 §5.3. */
const gcm = (enc: ContentAlg): Content => {
  const { bits, tagBytes } = contentEncryptionOf(enc);
  const cipherName = `aes-${bits as 128}-gcm` as const;
  const options = { authTagLength: tagBytes };
  return {
    seal: (cek, iv, aad, plaintext) => {
      const cipher = createCipheriv(cipherName, cek, iv, options).setAAD(aad);
      const ciphertext = cipher.update(plaintext);
      cipher.final();
      return { iv, ciphertext, tag: cipher.getAuthTag() };
    },
    open: (cek, { iv, ciphertext, tag }, aad) => {
      const decipher = createDecipheriv(cipherName, cek, iv, options).setAAD(aad).setAuthTag(tag);
      const plaintext = decipher.update(ciphertext);
      try {
        decipher.final();
        return plaintext;
      } catch {
        plaintext.fill(0);
        return null;
      }
    },
  };
};

/** The length of `bytes` in bits, as 64 bits. */
const bitLength = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length) * 8n);
  return length;
};

/**
 * RFC 7518 §5.2.2: encrypt, then MAC. The tag is compared before anything is decrypted, so a wrong padding is never told from
 * a wrong tag (Vaudenay 2002).
 */
const cbcHmac = (enc: ContentAlg): Content => {
  const { bits, hash: name, tagBytes } = contentEncryptionOf(enc);
  if (name === null) throw new Error(`${enc} has no MAC`);
  const half = bits / 8;
  const tagOf = (cek: Uint8Array, { iv, ciphertext }: Omit<SealedContent, 'tag'>, aad: Uint8Array): Buffer =>
    createHmac(name, cek.subarray(0, half))
      .update(aad)
      .update(iv)
      .update(ciphertext)
      .update(bitLength(aad))
      .digest()
      .subarray(0, tagBytes);
  return {
    seal: (cek, iv, aad, plaintext) => {
      const cipher = createCipheriv(`aes-${bits}-cbc`, cek.subarray(half), iv);
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return { iv, ciphertext, tag: tagOf(cek, { iv, ciphertext }, aad) };
    },
    open: (cek, { iv, ciphertext, tag }, aad) => {
      if (!timingSafeEqual(tagOf(cek, { iv, ciphertext }, aad), tag)) return null;
      const decipher = createDecipheriv(`aes-${bits}-cbc`, cek.subarray(half), iv);
      const first = decipher.update(ciphertext);
      try {
        const plaintext = Buffer.concat([first, decipher.final()]);
        return plaintext;
      } catch {
        return null;
      } finally {
        first.fill(0);
      }
    },
  };
};

const contents = {
  A128GCM: gcm('A128GCM'),
  A192GCM: gcm('A192GCM'),
  A256GCM: gcm('A256GCM'),
  'A128CBC-HS256': cbcHmac('A128CBC-HS256'),
  'A192CBC-HS384': cbcHmac('A192CBC-HS384'),
  'A256CBC-HS512': cbcHmac('A256CBC-HS512'),
} as const satisfies Record<ContentAlg, Content>;

export const sealContent = (enc: ContentAlg, ...parts: Parameters<Seal>): SealedContent => contents[enc].seal(...parts);

/** @param parts the lengths of CEK, IV and tag are those of `enc` */
export const openContent = (enc: ContentAlg, ...parts: Parameters<Open>): Uint8Array | null =>
  contents[enc].open(...parts);
