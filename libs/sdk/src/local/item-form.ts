import type { Schemas } from '../operation/operation.js';
import { isCanonical } from './token-form.js';

/** The most bytes of a plaintext, and of the data that it is bound to, as the platform takes them. */
const mostBytes = 1024 * 1024;
const mostCharacters = Math.ceil((mostBytes * 4) / 3);
/** UTF-8 has at most three bytes per unit of UTF-16, so most texts need not be measured. */
const utf8Fits = (text: string): boolean =>
  text.length <= mostBytes / 3 || new TextEncoder().encode(text).length <= mostBytes;

/** Whether the platform takes a text in this encoding. */
export const isTaken = (text: string, encoding: 'utf8' | 'base64url' = 'base64url'): boolean => {
  if (typeof text !== 'string' || text.length > mostCharacters) return false;
  return encoding === 'utf8' ? text.isWellFormed() && utf8Fits(text) : isCanonical(text);
};

const members = ['keyId', 'alias', 'plaintext', 'encoding', 'enc', 'aad'];
const encodings: readonly unknown[] = [undefined, 'utf8', 'base64url'];
const contentEncryptions = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512'];

/** Whether an encryption can be done here. Everything else is the platform's to refuse, so that both always say the same. */
export const isPlainEncryption = (item: Schemas['EncryptRequest']): boolean => {
  const { keyId, alias, plaintext, encoding, enc, aad } = item;
  return (
    Object.keys(item).every((name) => members.includes(name)) &&
    (keyId === undefined) !== (alias === undefined) &&
    encodings.includes(encoding) &&
    (enc === undefined || contentEncryptions.includes(enc)) &&
    isTaken(plaintext, encoding) &&
    (aad === undefined || isTaken(aad, encoding))
  );
};
